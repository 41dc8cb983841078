-- What is on its way to merchants, and what has left by the bank or come to it.
ALTER TABLE ledger_accounts MODIFY kind ENUM('clearing', 'carrier', 'merchant', 'commission', 'tax', 'shipping', 'fee', 'discount',
	'unapplied', 'difference', 'disputed', 'payout_due', 'bank') NOT NULL;
