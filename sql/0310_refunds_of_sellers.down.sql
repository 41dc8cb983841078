ALTER TABLE refunds DROP COLUMN merchant_id;
