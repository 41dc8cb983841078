-- One row, whose mark is another one after each fold: an answer that is kept under it counts until the next one.
CREATE TABLE report_mark (
	id    TINYINT NOT NULL,
	mark  BINARY(16) NOT NULL,
	CONSTRAINT pk_report_mark PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
