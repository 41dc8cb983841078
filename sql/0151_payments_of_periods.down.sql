ALTER TABLE payments
	DROP FOREIGN KEY fk_payments_period,
	DROP INDEX ix_payments_period,
	DROP COLUMN period_id,
	MODIFY purpose_kind ENUM('order', 'request') NOT NULL;
