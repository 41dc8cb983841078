-- Of a payment in cash: what its carriers have brought so far, parcel by parcel, and when the last of that.
ALTER TABLE payments
	ADD COLUMN collected_minor BIGINT NOT NULL DEFAULT 0 AFTER release_reason,
	ADD COLUMN collected_at DATETIME(3) NULL AFTER collected_minor,
	ADD CONSTRAINT ck_payments_collected CHECK (collected_minor BETWEEN 0 AND amount_minor);
