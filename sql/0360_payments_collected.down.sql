ALTER TABLE payments
	DROP CONSTRAINT ck_payments_collected,
	DROP COLUMN collected_at,
	DROP COLUMN collected_minor;
