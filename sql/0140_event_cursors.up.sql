-- How far each consumer of events has read, and the process that reads for it now.
CREATE TABLE event_cursors (
	consumer     VARCHAR(16) COLLATE utf8mb4_bin NOT NULL,
	batch        BIGINT NOT NULL,
	holder       VARCHAR(64) COLLATE utf8mb4_bin NULL,
	lease_until  DATETIME(3) NULL,
	updated_at   DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
	CONSTRAINT pk_event_cursors PRIMARY KEY (consumer),
	CONSTRAINT ck_event_cursors_batch CHECK (batch >= 0),
	CONSTRAINT ck_event_cursors_lease CHECK ((holder IS NULL) = (lease_until IS NULL))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
