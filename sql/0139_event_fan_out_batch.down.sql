ALTER TABLE event_fan_out DROP COLUMN batch;
