-- The outbox: what changed, written in the transaction of the change, with the whole business state after it.  One partition
-- a calendar month of the id, which begins with the time: old months are dropped.  haatctl migrate and the purge make the
-- months ahead and cut them out of "later".  A partitioned table takes no foreign key, to it or from it.
CREATE TABLE events (
	id              BINARY(16) NOT NULL,
	type            VARCHAR(64) COLLATE utf8mb4_bin NOT NULL,
	aggregate_type  VARCHAR(32) COLLATE utf8mb4_bin NOT NULL,
	aggregate_id    BINARY(16) NOT NULL,
	payload         JSON NOT NULL,
	actor_id        BINARY(16) NULL,
	request_id      VARCHAR(64) COLLATE utf8mb4_bin NULL,
	-- 1 until it was fanned out to jobs, then NULL
	pending         TINYINT NULL DEFAULT 1,
	-- to the microsecond: what happened to one thing is in the order of it
	created_at      DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	CONSTRAINT pk_events PRIMARY KEY (id),
	-- the fan-out: what waits, the oldest first
	INDEX ix_events_pending (pending, created_at),
	-- the history of one payment, product, variant
	INDEX ix_events_aggregate (aggregate_id, created_at),
	CONSTRAINT ck_events_pending CHECK (pending = 1)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci
PARTITION BY RANGE COLUMNS (id) (PARTITION later VALUES LESS THAN (MAXVALUE));
