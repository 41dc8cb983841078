-- Addresses that users have left, until those who read mail there have been told.
CREATE TABLE former_emails (
	id              BINARY(16) NOT NULL,
	user_id         BINARY(16) NOT NULL,
	email           VARCHAR(254) COLLATE utf8mb4_general_ci NOT NULL,
	created_at      DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	-- the address of a letter that waits
	CONSTRAINT pk_former_emails PRIMARY KEY (id),
	-- the newest of a user: whom the letter is for
	INDEX ix_former_emails_user (user_id, id),
	-- the purge
	INDEX ix_former_emails_created (created_at),
	CONSTRAINT fk_former_emails_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
