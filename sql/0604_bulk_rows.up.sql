-- The things that a bulk action is done to, one after the other, and what became of each.
CREATE TABLE bulk_rows (
	bulk_id     BINARY(16) NOT NULL,
	position    INT NOT NULL,
	subject_id  BINARY(16) NOT NULL,
	status      ENUM('pending', 'done', 'failed') NOT NULL DEFAULT 'pending',
	-- why it failed
	code        VARCHAR(64) NULL,
	message     VARCHAR(500) NULL,
	CONSTRAINT pk_bulk_rows PRIMARY KEY (bulk_id, position),
	-- what is left to be done, and what has failed
	INDEX ix_bulk_rows_status (bulk_id, status, position),
	CONSTRAINT fk_bulk_rows_bulk FOREIGN KEY (bulk_id) REFERENCES bulk_actions (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
