ALTER TABLE refunds DROP COLUMN key_number
