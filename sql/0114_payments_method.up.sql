-- The stored method that is charged while the payer is away; since when its charge may be at the provider; whoever asks for the same charge
-- again names it by charge_key.  keeps_method: the payer wants what they pay with to be stored.  And what a provider advises after a decline.
ALTER TABLE payments
	ADD payment_method_id BINARY(16) NULL,
	ADD charge_sent_at DATETIME(3) NULL,
	ADD charge_key VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NULL,
	ADD keeps_method BOOLEAN NOT NULL DEFAULT FALSE,
	ADD failure_advice VARCHAR(64) COLLATE utf8mb4_bin NULL,
	-- one payment for each charge that is asked for
	ADD CONSTRAINT uq_payments_charge_key UNIQUE (charge_key),
	-- is a method still being charged?
	ADD INDEX ix_payments_payment_method (payment_method_id, status),
	ADD CONSTRAINT fk_payments_payment_method FOREIGN KEY (payment_method_id) REFERENCES payment_methods (id) ON DELETE RESTRICT,
	ADD CONSTRAINT ck_payments_charge_sent CHECK (charge_sent_at IS NULL OR payment_method_id IS NOT NULL);
