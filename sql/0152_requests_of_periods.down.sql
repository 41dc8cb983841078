ALTER TABLE payment_requests
	DROP FOREIGN KEY fk_payment_requests_period,
	DROP INDEX ix_payment_requests_period,
	DROP COLUMN period_id;
