-- One row, whose lock is held by whoever fans events out to jobs: one at a time.
CREATE TABLE event_fan_out (
	the_one  TINYINT NOT NULL,
	at       DATETIME(3) NOT NULL,
	CONSTRAINT pk_event_fan_out PRIMARY KEY (the_one),
	CONSTRAINT ck_event_fan_out_the_one CHECK (the_one = 1)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
