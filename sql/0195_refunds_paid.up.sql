-- Of a refund of cash: who has handed it out, and what they said of it.
ALTER TABLE refunds
	ADD COLUMN paid_reason VARCHAR(500) NULL AFTER reason,
	ADD COLUMN paid_by BINARY(16) NULL AFTER requested_by;
