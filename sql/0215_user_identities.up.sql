-- Who somebody is elsewhere: the lasting name that Google or Firebase has for them.  One account may have several.
CREATE TABLE user_identities (
	id          BINARY(16) NOT NULL,
	user_id     BINARY(16) NOT NULL,
	issuer      ENUM('google', 'firebase') NOT NULL,
	subject     VARCHAR(255) COLLATE utf8mb4_bin NOT NULL,
	created_at  DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	CONSTRAINT pk_user_identities PRIMARY KEY (id),
	-- sign-in, and no second account for one identity
	CONSTRAINT uq_user_identities_subject UNIQUE (issuer, subject),
	-- those of a user, and the foreign key
	INDEX ix_user_identities_user (user_id),
	CONSTRAINT fk_user_identities_user FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
