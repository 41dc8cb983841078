ALTER TABLE sqs_queue
	DROP INDEX ix_sqs_queue_age;
