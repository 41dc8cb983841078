-- What an account held at the end of each day (UTC, by the entries' ids) on which something was posted to it; of the last day, at
-- ledger_fold's mark.  Written behind the postings by a job, so that no payment waits for a row that all of them would change.
CREATE TABLE ledger_days (
	account_id     BINARY(16) NOT NULL,
	day            DATE NOT NULL,
	balance_minor  BIGINT NOT NULL,
	-- of all days so far
	entries        BIGINT NOT NULL,
	-- an account's balance at a day: the last row up to it
	CONSTRAINT pk_ledger_days PRIMARY KEY (account_id, day),
	CONSTRAINT fk_ledger_days_account FOREIGN KEY (account_id) REFERENCES ledger_accounts (id) ON DELETE RESTRICT,
	CONSTRAINT ck_ledger_days_entries CHECK (entries > 0)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
