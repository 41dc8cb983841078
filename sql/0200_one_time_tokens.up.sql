-- Tokens that letters bring, each good for one use: a hash of each, the newest one of a purpose for each user.
CREATE TABLE one_time_tokens (
	id              BINARY(16) NOT NULL,
	user_id         BINARY(16) NOT NULL,
	purpose         ENUM('verify_email', 'reset_password', 'set_password', 'change_email') NOT NULL,
	token_hash      BINARY(32) NOT NULL,
	-- the address that the letter goes to, and that whoever has the token can read
	email           VARCHAR(254) COLLATE utf8mb4_general_ci NOT NULL,
	expires_at      DATETIME(3) NOT NULL,
	created_at      DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	-- the address of a letter that waits
	CONSTRAINT pk_one_time_tokens PRIMARY KEY (id),
	-- a new one ends the one before; the letter that brings it
	CONSTRAINT uq_one_time_tokens_user UNIQUE (user_id, purpose),
	-- use
	CONSTRAINT uq_one_time_tokens_hash UNIQUE (token_hash),
	-- the purge of what ran out
	INDEX ix_one_time_tokens_expires (expires_at),
	CONSTRAINT fk_one_time_tokens_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
