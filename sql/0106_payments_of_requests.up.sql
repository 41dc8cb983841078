-- Attempts to pay what a merchant asks for, and what integrators keep with a payment.
ALTER TABLE payments
	MODIFY purpose_kind ENUM('order', 'request') NOT NULL,
	-- the purpose when that is a payment request: for its foreign key, and for what joins the two
	ADD COLUMN request_id BINARY(16) GENERATED ALWAYS AS (IF(purpose_kind = 'request', purpose_id, NULL)) STORED AFTER order_id,
	ADD COLUMN metadata JSON NOT NULL DEFAULT '{}' AFTER stored_method,
	-- the attempts of a payment request; payments that belong to none, newest first
	ADD INDEX ix_payments_request (request_id, id),
	ADD CONSTRAINT fk_payments_request FOREIGN KEY (request_id) REFERENCES payment_requests (id) ON DELETE RESTRICT,
	ADD CONSTRAINT ck_payments_merchant CHECK (purpose_kind = 'order' OR merchant_id IS NOT NULL);
