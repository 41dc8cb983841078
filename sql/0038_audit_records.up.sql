-- Every write of consequence: who, what, when, from where, before and after with personal data masked.  Append-only.
CREATE TABLE audit_records (
	id            BINARY(16) NOT NULL,
	actor_id      BINARY(16) NULL,
	actor_role    VARCHAR(32) COLLATE utf8mb4_bin NULL,
	action        VARCHAR(64) COLLATE utf8mb4_bin NOT NULL,
	subject_type  VARCHAR(32) COLLATE utf8mb4_bin NOT NULL,
	subject_id    BINARY(16) NULL,
	before_state  JSON NULL,
	after_state   JSON NULL,
	ip            VARCHAR(45) CHARACTER SET ascii COLLATE ascii_bin NULL,
	request_id    VARCHAR(64) COLLATE utf8mb4_bin NULL,
	created_at    DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	-- the records in order
	CONSTRAINT pk_audit_records PRIMARY KEY (id),
	-- what was done to one thing
	INDEX ix_audit_records_subject (subject_id, id),
	-- what one person did
	INDEX ix_audit_records_actor (actor_id, id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
