ALTER TABLE payments
	DROP COLUMN begun_until;
