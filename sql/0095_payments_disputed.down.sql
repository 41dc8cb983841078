ALTER TABLE payments
	DROP CONSTRAINT ck_payments_fee,
	DROP CONSTRAINT ck_payments_disputed,
	DROP fee_currency,
	DROP fee_minor,
	DROP disputed_minor;
