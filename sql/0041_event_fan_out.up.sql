-- One row, whose lock is held by whoever fans events out to jobs: one at a time.
CREATE TABLE event_fan_out (
	id  TINYINT NOT NULL,
	at  DATETIME(3) NOT NULL,
	CONSTRAINT pk_event_fan_out PRIMARY KEY (id),
	CONSTRAINT ck_event_fan_out_id CHECK (id = 1)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
