-- Signed in by the cookie of a face: refresh_hash is that of the cookie's secret, which stays the same for the session's life.
ALTER TABLE sessions ADD COLUMN is_face BOOLEAN NOT NULL DEFAULT FALSE;
