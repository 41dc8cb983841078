-- The outbox: what changed, written in the transaction of the change.  An order's timeline is read from here.
CREATE TABLE events (
	id              BINARY(16) NOT NULL,
	type            VARCHAR(64) COLLATE utf8mb4_bin NOT NULL,
	aggregate_type  VARCHAR(32) COLLATE utf8mb4_bin NOT NULL,
	aggregate_id    BINARY(16) NOT NULL,
	payload         JSON NOT NULL DEFAULT '{}',
	actor_id        BINARY(16) NULL,
	request_id      VARCHAR(64) COLLATE utf8mb4_bin NULL,
	created_at      DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	CONSTRAINT pk_events PRIMARY KEY (id),
	-- the timeline of one order, payment, product
	INDEX ix_events_aggregate (aggregate_id, id),
	-- the events of a span of time
	INDEX ix_events_created (created_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
