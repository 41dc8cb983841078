-- Messages that SQS has refused, and those that wait behind them in their group.  What goes well never stands here.
CREATE TABLE sqs_queue (
	event_id    BINARY(16) NOT NULL,
	group_id    VARCHAR(128) COLLATE utf8mb4_bin NOT NULL,
	-- the order within a group
	position    BIGINT NOT NULL,
	status      ENUM('waiting', 'dead') NOT NULL DEFAULT 'waiting',
	attempts    INT NOT NULL DEFAULT 0,
	due_at      DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	last_error  VARCHAR(255) COLLATE utf8mb4_bin NULL,
	created_at  DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at  DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
	CONSTRAINT pk_sqs_queue PRIMARY KEY (event_id),
	-- what is to be tried again, and dead letters
	INDEX ix_sqs_queue_due (status, due_at),
	-- the first of a group
	INDEX ix_sqs_queue_group (status, group_id, position),
	CONSTRAINT ck_sqs_queue_attempts CHECK (attempts >= 0)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
