-- What happened, once: a payment is posted once, a refund is posted once.  Append-only.
CREATE TABLE ledger_transactions (
	id                  BINARY(16) NOT NULL,
	kind                ENUM('payment', 'refund') NOT NULL,
	payment_id          BINARY(16) NULL,
	refund_id           BINARY(16) NULL,
	note                VARCHAR(191) NOT NULL DEFAULT '',
	created_at          DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	-- the payment when this is its posting and not a refund's, else NULL, which a unique key does not count
	settled_payment_id  BINARY(16) GENERATED ALWAYS AS (IF(kind = 'payment', payment_id, NULL)) VIRTUAL,
	CONSTRAINT pk_ledger_transactions PRIMARY KEY (id),
	-- a payment is posted once
	CONSTRAINT uq_ledger_transactions_payment UNIQUE (settled_payment_id),
	-- a refund is posted once
	CONSTRAINT uq_ledger_transactions_refund UNIQUE (refund_id),
	-- a payment with its refunds: what is left to take back
	INDEX ix_ledger_transactions_payment (payment_id, id),
	CONSTRAINT fk_ledger_transactions_payment FOREIGN KEY (payment_id) REFERENCES payments (id) ON DELETE RESTRICT,
	CONSTRAINT fk_ledger_transactions_refund FOREIGN KEY (refund_id) REFERENCES refunds (id) ON DELETE RESTRICT,
	CONSTRAINT ck_ledger_transactions_source CHECK (
		(kind = 'payment' AND payment_id IS NOT NULL AND refund_id IS NULL)
		OR (kind = 'refund' AND payment_id IS NOT NULL AND refund_id IS NOT NULL))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
