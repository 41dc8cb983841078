ALTER TABLE payments
	DROP CONSTRAINT ck_payments_merchant,
	DROP FOREIGN KEY fk_payments_request,
	DROP INDEX ix_payments_request,
	DROP COLUMN metadata,
	DROP COLUMN request_id,
	MODIFY purpose_kind ENUM('order') NOT NULL;
