ALTER TABLE refunds
	DROP sent_at;
