-- Charges of a subscription's period.
ALTER TABLE payments
	MODIFY purpose_kind ENUM('order', 'request', 'subscription_period') NOT NULL,
	-- the purpose when that is a period: for its foreign key
	ADD COLUMN period_id BINARY(16) GENERATED ALWAYS AS (IF(purpose_kind = 'subscription_period', purpose_id, NULL)) STORED
		AFTER request_id,
	-- the attempts to charge a period
	ADD INDEX ix_payments_period (period_id, id),
	ADD CONSTRAINT fk_payments_period FOREIGN KEY (period_id) REFERENCES subscription_periods (id) ON DELETE RESTRICT;
