-- The number of the last fan-out.
ALTER TABLE event_fan_out ADD COLUMN batch BIGINT NOT NULL DEFAULT 0;
