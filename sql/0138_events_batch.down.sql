ALTER TABLE events DROP INDEX ix_events_batch, DROP COLUMN batch;
