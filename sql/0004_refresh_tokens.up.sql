-- Refresh tokens that were exchanged already: one that comes again was stolen, by whichever of the two came second.
CREATE TABLE refresh_tokens (
	hash        BINARY(32) NOT NULL,
	session_id  BINARY(16) NOT NULL,
	used_at     DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	-- refresh with a token that is no session's current one
	CONSTRAINT pk_refresh_tokens PRIMARY KEY (hash),
	-- goes with its session
	INDEX ix_refresh_tokens_session (session_id),
	CONSTRAINT fk_refresh_tokens_session FOREIGN KEY (session_id) REFERENCES sessions (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
