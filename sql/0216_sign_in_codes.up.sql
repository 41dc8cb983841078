-- What a browser brings back from a sign-in elsewhere, to be exchanged once for tokens; only the SHA-256 of each is kept.
CREATE TABLE sign_in_codes (
	code_hash   BINARY(32) NOT NULL,
	user_id     BINARY(16) NOT NULL,
	is_new      BOOLEAN NOT NULL,
	expires_at  DATETIME(3) NOT NULL,
	CONSTRAINT pk_sign_in_codes PRIMARY KEY (code_hash),
	-- the purge
	INDEX ix_sign_in_codes_expires (expires_at),
	-- the foreign key
	INDEX ix_sign_in_codes_user (user_id),
	CONSTRAINT fk_sign_in_codes_user FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
