-- What disputes have taken back from who earned it, and what the provider keeps of the payment (NULL: it has not told).
ALTER TABLE payments
	ADD disputed_minor BIGINT NOT NULL DEFAULT 0,
	ADD fee_minor BIGINT NULL,
	ADD fee_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
	ADD CONSTRAINT ck_payments_disputed CHECK (disputed_minor >= 0),
	ADD CONSTRAINT ck_payments_fee CHECK ((fee_minor IS NULL) = (fee_currency IS NULL) AND fee_minor >= 0);
