-- What somebody wants to have of their own data: the last one that an account asked for, with its file beside those of imports.
CREATE TABLE data_exports (
	id          BINARY(16) NOT NULL,
	user_id     BINARY(16) NOT NULL,
	status      ENUM('queued', 'ready', 'failed') NOT NULL DEFAULT 'queued',
	bytes       BIGINT NULL,
	expires_at  DATETIME(3) NOT NULL,
	created_at  DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at  DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
	CONSTRAINT pk_data_exports PRIMARY KEY (id),
	-- one at a time
	CONSTRAINT uq_data_exports_user UNIQUE (user_id),
	-- those that the purge removes
	INDEX ix_data_exports_expires (expires_at),
	CONSTRAINT fk_data_exports_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
	CONSTRAINT ck_data_exports_ready CHECK ((status = 'ready') = (bytes IS NOT NULL))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
