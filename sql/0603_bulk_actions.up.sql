-- One action on many things, asked for by somebody: what is done, to what, and how far it is.
CREATE TABLE bulk_actions (
	id           BINARY(16) NOT NULL,
	user_id      BINARY(16) NOT NULL,
	action       VARCHAR(32) NOT NULL,
	status       ENUM('queued', 'running', 'done', 'refused') NOT NULL DEFAULT 'queued',
	-- the query of a list, and how many rows it matched when it was asked for; NULL: the things were named
	filter       VARCHAR(2000) NULL,
	expected     BIGINT NULL,
	percent      VARCHAR(20) NULL,
	delta        BIGINT NULL,
	reason       VARCHAR(100) NULL,
	carrier      VARCHAR(64) NULL,
	-- why it was refused
	fault        VARCHAR(200) NULL,
	total        INT NOT NULL DEFAULT 0,
	done         INT NOT NULL DEFAULT 0,
	failed       INT NOT NULL DEFAULT 0,
	started_at   DATETIME(3) NULL,
	finished_at  DATETIME(3) NULL,
	created_at   DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	CONSTRAINT pk_bulk_actions PRIMARY KEY (id),
	-- somebody's own, newest first
	INDEX ix_bulk_actions_user (user_id, id),
	-- what is forgotten
	INDEX ix_bulk_actions_finished (finished_at),
	CONSTRAINT fk_bulk_actions_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
	CONSTRAINT ck_bulk_actions_counts CHECK (done >= 0 AND failed >= 0 AND done + failed <= total)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
