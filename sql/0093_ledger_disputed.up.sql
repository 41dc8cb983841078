-- What payers dispute: taken from who earned it, and by the provider once it has moved the money.
ALTER TABLE ledger_accounts MODIFY kind ENUM('clearing', 'carrier', 'merchant', 'commission', 'tax', 'shipping', 'fee', 'discount',
	'unapplied', 'difference', 'disputed') NOT NULL;
