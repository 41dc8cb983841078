-- What takes the place of a code of the second factor when the device is lost, each good for one use: 80 random bits, hashed.
CREATE TABLE recovery_codes (
	user_id         BINARY(16) NOT NULL,
	code_hash       BINARY(32) NOT NULL,
	created_at      DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	-- use; all of a user's
	CONSTRAINT pk_recovery_codes PRIMARY KEY (user_id, code_hash),
	CONSTRAINT fk_recovery_codes_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
