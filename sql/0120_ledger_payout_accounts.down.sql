ALTER TABLE ledger_accounts MODIFY kind ENUM('clearing', 'carrier', 'merchant', 'commission', 'tax', 'shipping', 'fee', 'discount',
	'unapplied', 'difference', 'disputed') NOT NULL;
