-- Debits are positive, credits negative; the entries of a transaction sum to zero in each currency.  Append-only.
CREATE TABLE ledger_entries (
	id              BINARY(16) NOT NULL,
	transaction_id  BINARY(16) NOT NULL,
	account_id      BINARY(16) NOT NULL,
	amount_minor    BIGINT NOT NULL,
	currency        CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	created_at      DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	CONSTRAINT pk_ledger_entries PRIMARY KEY (id),
	-- the entries of a transaction, and their sum from the index alone
	INDEX ix_ledger_entries_transaction (transaction_id, currency, amount_minor),
	-- the entries of an account (asked for with its currency) in their order, and its balance from the index alone
	INDEX ix_ledger_entries_account (account_id, currency, id, amount_minor),
	CONSTRAINT fk_ledger_entries_transaction FOREIGN KEY (transaction_id) REFERENCES ledger_transactions (id)
		ON DELETE RESTRICT,
	CONSTRAINT fk_ledger_entries_account FOREIGN KEY (account_id, currency) REFERENCES ledger_accounts (id, currency)
		ON DELETE RESTRICT,
	CONSTRAINT ck_ledger_entries_amount CHECK (amount_minor <> 0)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
