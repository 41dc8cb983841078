ALTER TABLE ledger_transactions
	MODIFY source_kind ENUM('payment', 'refund', 'bounce', 'fee', 'dispute', 'payout', 'payout_rejected', 'payout_paid',
	'payout_bounced', 'settlement') NOT NULL,
	DROP CONSTRAINT ck_ledger_transactions_origin,
	ADD CONSTRAINT ck_ledger_transactions_origin CHECK ((source_kind NOT IN ('payment', 'fee', 'payout', 'payout_rejected',
	'payout_paid', 'payout_bounced')) = (origin_id <> source_id));
