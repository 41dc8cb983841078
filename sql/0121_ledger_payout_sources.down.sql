ALTER TABLE ledger_transactions
	MODIFY source_kind ENUM('payment', 'refund', 'bounce', 'fee', 'dispute') NOT NULL,
	DROP CONSTRAINT ck_ledger_transactions_origin,
	ADD CONSTRAINT ck_ledger_transactions_origin CHECK ((source_kind NOT IN ('payment', 'fee')) = (origin_id <> source_id));
