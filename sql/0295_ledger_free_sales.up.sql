-- An order that the shop's coupon paid whole has no payment: its parts are posted by their fulfilments' ids, and returns by theirs.
ALTER TABLE ledger_transactions
	MODIFY source_kind ENUM('payment', 'refund', 'bounce', 'fee', 'dispute', 'payout', 'payout_rejected', 'payout_paid',
	'payout_bounced', 'settlement', 'free_sale', 'free_sale_ended', 'free_sale_returned') NOT NULL,
	DROP CONSTRAINT ck_ledger_transactions_origin,
	ADD CONSTRAINT ck_ledger_transactions_origin CHECK ((source_kind NOT IN ('payment', 'fee', 'payout', 'payout_rejected',
	'payout_paid', 'payout_bounced', 'free_sale', 'free_sale_ended')) = (origin_id <> source_id));
