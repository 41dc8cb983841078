ALTER TABLE payments
	DROP CONSTRAINT ck_payments_charge_sent,
	DROP FOREIGN KEY fk_payments_payment_method,
	DROP INDEX ix_payments_payment_method,
	DROP INDEX uq_payments_charge_key,
	DROP COLUMN failure_advice,
	DROP COLUMN keeps_method,
	DROP COLUMN charge_key,
	DROP COLUMN charge_sent_at,
	DROP COLUMN payment_method_id;
