ALTER TABLE sqs_queue
	-- since when the oldest waits
	ADD INDEX ix_sqs_queue_age (status, created_at);
