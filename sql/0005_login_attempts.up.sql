-- Wrong passwords, counted for each account and each address in windows of a minute.  `strikes` counts the windows
-- that overflowed one after another and makes blocked_until grow.  key_hash is a SHA-256, so that the table names nobody.
CREATE TABLE login_attempts (
	kind               ENUM('account', 'address') NOT NULL,
	key_hash           BINARY(32) NOT NULL,
	window_started_at  DATETIME(3) NOT NULL,
	failures           INT NOT NULL DEFAULT 0,
	strikes            INT NOT NULL DEFAULT 0,
	blocked_until      DATETIME(3) NULL,
	updated_at         DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
	-- may this account, from this address, try again?
	CONSTRAINT pk_login_attempts PRIMARY KEY (kind, key_hash),
	-- the purge of old counters
	INDEX ix_login_attempts_updated (updated_at),
	CONSTRAINT ck_login_attempts_failures CHECK (failures >= 0),
	CONSTRAINT ck_login_attempts_strikes CHECK (strikes >= 0)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
