-- What came of a payment that was held for its amount, NULL where that is the amount; and why it was taken all the same.  All that came
-- can be given back.
ALTER TABLE payments
	ADD COLUMN received_minor BIGINT NULL AFTER hold_reason,
	ADD COLUMN release_reason VARCHAR(500) NULL AFTER received_minor,
	ADD CONSTRAINT ck_payments_received CHECK (received_minor > 0),
	DROP CONSTRAINT ck_payments_refund_claimed,
	ADD CONSTRAINT ck_payments_refund_claimed CHECK (refund_claimed_minor BETWEEN 0 AND GREATEST(amount_minor, IFNULL(received_minor, 0)));
