-- Transactions of the ledger that no report has counted yet: each is written with its transaction and deleted with its facts, so
-- that none is counted twice or left out, in whatever order they were committed.  No foreign key: writing it must lock nothing.
CREATE TABLE report_queue (
	transaction_id  BINARY(16) NOT NULL,
	CONSTRAINT pk_report_queue PRIMARY KEY (transaction_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
