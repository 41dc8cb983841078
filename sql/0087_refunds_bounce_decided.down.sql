ALTER TABLE refunds DROP COLUMN bounce_decided_at;
