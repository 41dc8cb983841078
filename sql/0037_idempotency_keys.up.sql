-- Answers kept for a day, so that a request sent again does nothing again.  scope is a hash of user, route and key.
CREATE TABLE idempotency_keys (
	scope            BINARY(32) NOT NULL,
	request_hash     BINARY(32) NOT NULL,
	status           ENUM('running', 'done') NOT NULL,
	seen             INT NOT NULL DEFAULT 1,
	lease_until      DATETIME(3) NULL,
	-- what a request that calls a provider has made under its key: the same request sent again does not make it again
	made             BINARY(16) NULL,
	response_status  SMALLINT NULL,
	response_body    MEDIUMBLOB NULL,
	created_at       DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	-- was this request here before?
	CONSTRAINT pk_idempotency_keys PRIMARY KEY (scope),
	-- the purge of old keys
	INDEX ix_idempotency_keys_created (created_at),
	CONSTRAINT ck_idempotency_keys_done CHECK (
		status <> 'done' OR (response_status IS NOT NULL AND response_body IS NOT NULL))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
