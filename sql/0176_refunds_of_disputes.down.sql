ALTER TABLE refunds DROP COLUMN provider_dispute_id;
