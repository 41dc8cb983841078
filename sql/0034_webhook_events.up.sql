-- The inbox: each event of a provider once.  Those whose provider must be asked whether they are genuine are unverified and
-- keep their signatures and the body as it came; those that could not be applied yet are deferred; those that failed too often
-- are dead until someone replays or drops them.
CREATE TABLE webhook_events (
	id               BINARY(16) NOT NULL,
	provider         VARCHAR(32) COLLATE utf8mb4_bin NOT NULL,
	event_id         VARCHAR(191) COLLATE utf8mb4_bin NOT NULL,
	type             VARCHAR(100) COLLATE utf8mb4_bin NOT NULL,
	payload          LONGBLOB NOT NULL,
	payload_hash     BINARY(32) NOT NULL,
	signatures       VARBINARY(16000) NULL,
	status           ENUM('processed', 'deferred', 'ignored', 'dead', 'dropped', 'unverified') NOT NULL,
	attempts         INT NOT NULL DEFAULT 0,
	next_attempt_at  DATETIME(3) NULL,
	error            VARCHAR(500) NULL,
	collision_count  INT NOT NULL DEFAULT 0,
	received_at      DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at       DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
	CONSTRAINT pk_webhook_events PRIMARY KEY (id),
	-- was it here before?
	CONSTRAINT uq_webhook_events_event UNIQUE (provider, event_id),
	-- deferred and unverified events whose time has come
	INDEX ix_webhook_events_attempt (status, next_attempt_at),
	-- the list by status, newest first: dead letters
	INDEX ix_webhook_events_status (status, id),
	CONSTRAINT ck_webhook_events_signatures CHECK ((status = 'unverified') = (signatures IS NOT NULL)),
	CONSTRAINT ck_webhook_events_attempts CHECK (attempts >= 0 AND collision_count >= 0)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
