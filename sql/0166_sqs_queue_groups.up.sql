ALTER TABLE sqs_queue
	-- which groups are due: of each the time of its last
	ADD INDEX ix_sqs_queue_groups (status, group_id, due_at);
