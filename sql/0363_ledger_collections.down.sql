ALTER TABLE ledger_transactions
	MODIFY source_kind ENUM('payment', 'refund', 'bounce', 'fee', 'dispute', 'payout', 'payout_rejected', 'payout_paid',
	'payout_bounced', 'settlement', 'free_sale', 'free_sale_ended', 'free_sale_returned') NOT NULL;
