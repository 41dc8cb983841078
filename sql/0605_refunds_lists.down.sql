ALTER TABLE refunds DROP INDEX ix_refunds_status;
