-- What was, or is to be, sent to webhook endpoints, with the last answer: a log.  What is still to be sent stands in
-- webhook_queue too.  One partition a calendar month of the id, as of events: old months are dropped.
CREATE TABLE webhook_deliveries (
	id            BINARY(16) NOT NULL,
	endpoint_id   BINARY(16) NOT NULL,
	event_id      BINARY(16) NOT NULL,
	event_type    VARCHAR(64) COLLATE utf8mb4_bin NOT NULL,
	cause         ENUM('event', 'test', 'resend', 'recover') NOT NULL,
	status        ENUM('pending', 'delivered', 'dead') NOT NULL DEFAULT 'pending',
	attempts      INT NOT NULL DEFAULT 0,
	-- of the last attempt: NULL where there was no answer
	answer_status INT NULL,
	answer_body   VARCHAR(1024) COLLATE utf8mb4_bin NULL,
	error         VARCHAR(255) COLLATE utf8mb4_bin NULL,
	duration_ms   INT NULL,
	attempted_at  DATETIME(3) NULL,
	created_at    DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at    DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
	CONSTRAINT pk_webhook_deliveries PRIMARY KEY (id),
	-- the deliveries of an endpoint, newest first
	INDEX ix_webhook_deliveries_endpoint (endpoint_id, id),
	-- was the event delivered to the endpoint, or will it be?
	INDEX ix_webhook_deliveries_event (event_id, endpoint_id),
	-- what an endpoint has not got since a time
	INDEX ix_webhook_deliveries_status (endpoint_id, status, id),
	CONSTRAINT ck_webhook_deliveries_attempts CHECK (attempts >= 0)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci
PARTITION BY RANGE COLUMNS (id) (PARTITION later VALUES LESS THAN (MAXVALUE));
