ALTER TABLE payments
	DROP CONSTRAINT ck_payments_received,
	DROP CONSTRAINT ck_payments_refund_claimed,
	ADD CONSTRAINT ck_payments_refund_claimed CHECK (refund_claimed_minor BETWEEN 0 AND amount_minor),
	DROP COLUMN release_reason,
	DROP COLUMN received_minor;
