-- When its user has said last who they are, since they signed in.
ALTER TABLE sessions
	ADD COLUMN confirmed_at DATETIME(3) NULL AFTER last_active_at;
