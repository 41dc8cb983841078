-- One row: whoever adds to what is added up holds it, so that a fold and a rebuild follow each other.  What a rebuild has done is
-- all of `stage` before `reached`; no stage: none is under way.
CREATE TABLE report_fold (
	id       TINYINT NOT NULL,
	stage    ENUM('months', 'customers') NULL,
	reached  VARBINARY(16) NULL,
	CONSTRAINT pk_report_fold PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
