ALTER TABLE refunds
	DROP COLUMN paid_reason,
	DROP COLUMN paid_by;
