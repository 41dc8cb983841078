ALTER TABLE payouts
	-- the payouts of a currency, newest first
	ADD INDEX ix_payouts_currency (currency, id);
