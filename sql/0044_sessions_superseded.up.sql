-- When a refresh token came again within moments of its exchange: another tab has the next one, or its answer was lost.  The
-- next exchange clears it.
ALTER TABLE sessions ADD COLUMN superseded_at DATETIME(3) NULL AFTER end_reason;
