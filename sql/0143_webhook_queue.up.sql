-- Deliveries that are still to be made: deleted when they are, so it is as long as what waits.
CREATE TABLE webhook_queue (
	delivery_id   BINARY(16) NOT NULL,
	endpoint_id   BINARY(16) NOT NULL,
	aggregate_id  BINARY(16) NOT NULL,
	event_id      BINARY(16) NOT NULL,
	-- what concerns one thing goes to one endpoint in this order, one after the other
	position      BIGINT NOT NULL,
	attempts      INT NOT NULL DEFAULT 0,
	due_at        DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	give_up_at    DATETIME(3) NOT NULL,
	created_at    DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	CONSTRAINT pk_webhook_queue PRIMARY KEY (delivery_id),
	-- which endpoints have something to get, and what first
	INDEX ix_webhook_queue_due (endpoint_id, due_at, position),
	-- is there an earlier one about the same thing?
	INDEX ix_webhook_queue_lane (endpoint_id, aggregate_id, position),
	-- the oldest event that is still needed
	INDEX ix_webhook_queue_event (event_id),
	CONSTRAINT fk_webhook_queue_endpoint FOREIGN KEY (endpoint_id) REFERENCES webhook_endpoints (id) ON DELETE CASCADE,
	CONSTRAINT ck_webhook_queue_attempts CHECK (attempts >= 0)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
