-- A provider's settlement file, and how far it has been compared with what is known here.
CREATE TABLE settlements (
	id             BINARY(16) NOT NULL,
	provider       VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	status         ENUM('queued', 'running', 'done', 'failed') NOT NULL DEFAULT 'queued',
	file_name      VARCHAR(255) NULL,
	-- of its content, unpacked
	digest         BINARY(32) NOT NULL,
	bytes          BIGINT NOT NULL,
	-- why it failed
	fault          VARCHAR(500) NULL,
	-- where a worker goes on: behind this byte and row, with the names of columns at that byte
	done_bytes     BIGINT NOT NULL DEFAULT 0,
	header_bytes   BIGINT NOT NULL DEFAULT 0,
	data_rows      BIGINT NOT NULL DEFAULT 0,
	-- all rows are read: what the file lacks is looked for, behind this time and id
	missing_since  DATETIME(3) NULL,
	missing_after  BINARY(16) NULL,
	matched        BIGINT NOT NULL DEFAULT 0,
	differences    BIGINT NOT NULL DEFAULT 0,
	-- between the first and the last of its payments
	period_from    DATETIME(3) NULL,
	period_to      DATETIME(3) NULL,
	started_at     DATETIME(3) NULL,
	finished_at    DATETIME(3) NULL,
	created_at     DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at     DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
	created_by     BINARY(16) NULL,
	updated_by     BINARY(16) NULL,
	-- NULL when it failed: then it may be sent again
	known          TINYINT GENERATED ALWAYS AS (IF(status = 'failed', NULL, 1)) VIRTUAL,
	CONSTRAINT pk_settlements PRIMARY KEY (id),
	-- a file is taken once
	CONSTRAINT uq_settlements_digest UNIQUE (provider, digest, known),
	-- a provider's, newest first
	INDEX ix_settlements_provider (provider, id),
	-- of a status, newest first
	INDEX ix_settlements_status (status, id),
	CONSTRAINT fk_settlements_created_by FOREIGN KEY (created_by) REFERENCES users (id) ON DELETE RESTRICT,
	CONSTRAINT ck_settlements_done CHECK (done_bytes BETWEEN 0 AND bytes)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
