-- One sign-in on one device.  Its current refresh token is here as a hash; the ones before it are in refresh_tokens.
CREATE TABLE sessions (
	id              BINARY(16) NOT NULL,
	user_id         BINARY(16) NOT NULL,
	refresh_hash    BINARY(32) NOT NULL,
	ip              VARCHAR(45) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	user_agent      VARCHAR(255) NOT NULL DEFAULT '',
	last_active_at  DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	expires_at      DATETIME(3) NOT NULL,
	ended_at        DATETIME(3) NULL,
	end_reason      ENUM('logout', 'logout_all', 'evicted', 'token_reused', 'password_changed', 'disabled', 'expired') NULL,
	created_at      DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	-- a signed-in request reads its session and user
	CONSTRAINT pk_sessions PRIMARY KEY (id),
	-- refresh with the current token
	CONSTRAINT uq_sessions_refresh_hash UNIQUE (refresh_hash),
	-- a user's live sessions, oldest first: the list, the limit at login, ending all
	INDEX ix_sessions_user (user_id, ended_at, id),
	-- the purge of what ran out
	INDEX ix_sessions_expires (expires_at),
	CONSTRAINT fk_sessions_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
	CONSTRAINT ck_sessions_end CHECK ((ended_at IS NULL) = (end_reason IS NULL))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
