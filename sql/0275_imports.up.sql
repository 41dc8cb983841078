-- A file of products, and how far it is worked off.
CREATE TABLE imports (
	id           BINARY(16) NOT NULL,
	merchant_id  BINARY(16) NOT NULL,
	format       ENUM('csv', 'jsonl') NOT NULL,
	dry_run      BOOLEAN NOT NULL DEFAULT FALSE,
	status       ENUM('queued', 'running', 'done', 'cancelled', 'failed') NOT NULL DEFAULT 'queued',
	file_name    VARCHAR(255) NULL,
	-- why it failed
	fault        VARCHAR(500) NULL,
	bytes        BIGINT NOT NULL,
	-- where a worker goes on: behind this byte and row
	done_bytes   BIGINT NOT NULL DEFAULT 0,
	done_rows    BIGINT NOT NULL DEFAULT 0,
	total_rows   BIGINT NULL,
	-- products
	created      BIGINT NOT NULL DEFAULT 0,
	changed      BIGINT NOT NULL DEFAULT 0,
	unchanged    BIGINT NOT NULL DEFAULT 0,
	refused      BIGINT NOT NULL DEFAULT 0,
	error_count  BIGINT NOT NULL DEFAULT 0,
	-- of the file of errors, what is committed
	error_bytes  BIGINT NOT NULL DEFAULT 0,
	started_at   DATETIME(3) NULL,
	finished_at  DATETIME(3) NULL,
	created_at   DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at   DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
	created_by   BINARY(16) NULL,
	updated_by   BINARY(16) NULL,
	-- 1 on what has not ended, else NULL
	going        TINYINT GENERATED ALWAYS AS (IF(status IN ('queued', 'running'), 1, NULL)) VIRTUAL,
	CONSTRAINT pk_imports PRIMARY KEY (id),
	-- a merchant's, newest first
	INDEX ix_imports_merchant (merchant_id, id),
	-- a merchant's next one
	INDEX ix_imports_going (merchant_id, going, id),
	-- a merchant's of a status, newest first
	INDEX ix_imports_merchant_status (merchant_id, status, id),
	-- all of a status, newest first
	INDEX ix_imports_status (status, id),
	CONSTRAINT fk_imports_merchant FOREIGN KEY (merchant_id) REFERENCES merchants (id) ON DELETE RESTRICT,
	CONSTRAINT fk_imports_created_by FOREIGN KEY (created_by) REFERENCES users (id) ON DELETE RESTRICT,
	CONSTRAINT ck_imports_done CHECK (done_bytes BETWEEN 0 AND bytes),
	CONSTRAINT ck_imports_counts CHECK (created >= 0 AND changed >= 0 AND unchanged >= 0 AND refused >= 0 AND error_count >= refused)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
