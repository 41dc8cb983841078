-- How far a long job has come; the total is NULL while nobody knows it.
ALTER TABLE jobs
	ADD COLUMN done BIGINT NOT NULL DEFAULT 0 AFTER attempts,
	ADD COLUMN total BIGINT NULL AFTER done;
