-- Which fan-out took the event up: consumers with a cursor of their own (event_cursors) read batch after batch.
ALTER TABLE events
	ADD COLUMN batch BIGINT NULL AFTER pending,
	-- what a consumer has not read yet, in the order of the fan-out
	ADD INDEX ix_events_batch (batch, created_at);
