-- Work that is not an answer.  A smaller priority goes first.  A running job whose lease has run out is taken again; a
-- finished one is deleted by the transaction that finishes it, so the queue is short and needs no partitions (which would
-- take away its unique keys).
CREATE TABLE jobs (
	id            BINARY(16) NOT NULL,
	-- the order in which jobs with the same order_key run
	sequence      BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
	kind          VARCHAR(64) COLLATE utf8mb4_bin NOT NULL,
	lane          VARCHAR(16) COLLATE utf8mb4_bin NOT NULL,
	payload       JSON NOT NULL DEFAULT '{}',
	priority      TINYINT NOT NULL DEFAULT 5,
	run_at        DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	attempts      INT NOT NULL DEFAULT 0,
	max_attempts  INT NOT NULL DEFAULT 5,
	status        ENUM('ready', 'running', 'dead') NOT NULL DEFAULT 'ready',
	lease_until   DATETIME(3) NULL,
	worker        VARCHAR(64) COLLATE utf8mb4_bin NULL,
	unique_key    VARCHAR(191) COLLATE utf8mb4_bin NULL,
	order_key     VARCHAR(101) COLLATE utf8mb4_bin NULL,
	last_error    VARCHAR(500) NULL,
	created_at    DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at    DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
	-- unique_key while the job is not dead, else NULL, which a unique key does not count
	live_key      VARCHAR(191) COLLATE utf8mb4_bin GENERATED ALWAYS AS (IF(status <> 'dead', unique_key, NULL)) VIRTUAL,
	CONSTRAINT pk_jobs PRIMARY KEY (id),
	CONSTRAINT uq_jobs_sequence UNIQUE (sequence),
	-- the same work is not queued twice
	CONSTRAINT uq_jobs_live_key UNIQUE (live_key),
	-- the next job to take in a lane
	INDEX ix_jobs_claim (lane, status, priority, run_at),
	-- is an earlier job with the same order key still to be done?
	INDEX ix_jobs_order (order_key, sequence),
	-- jobs whose worker was lost
	INDEX ix_jobs_lease (status, lease_until),
	-- the list by status, newest first: dead letters
	INDEX ix_jobs_status (status, id),
	CONSTRAINT ck_jobs_attempts CHECK (attempts >= 0 AND max_attempts > 0),
	CONSTRAINT ck_jobs_lease CHECK (status <> 'running' OR lease_until IS NOT NULL)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
