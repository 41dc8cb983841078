-- Entries with smaller ids than this are counted in ledger_days; no row: none are.
CREATE TABLE ledger_fold (
	the_one  TINYINT NOT NULL DEFAULT 1,
	mark     BINARY(16) NOT NULL,
	at       DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
	CONSTRAINT pk_ledger_fold PRIMARY KEY (the_one),
	CONSTRAINT ck_ledger_fold_one CHECK (the_one = 1)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
