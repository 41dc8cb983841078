-- When it was sent to its provider last: a call of which nothing was heard may still be running there.
ALTER TABLE refunds
	ADD sent_at DATETIME(3) NULL AFTER attempts;
