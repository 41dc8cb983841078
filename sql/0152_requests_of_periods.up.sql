-- The link by which a subscription's period is paid where nobody can be charged.
ALTER TABLE payment_requests
	ADD COLUMN period_id BINARY(16) NULL AFTER merchant_id,
	-- the payment requests of a period
	ADD INDEX ix_payment_requests_period (period_id),
	ADD CONSTRAINT fk_payment_requests_period FOREIGN KEY (period_id) REFERENCES subscription_periods (id) ON DELETE RESTRICT;
