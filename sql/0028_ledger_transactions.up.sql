-- What happened, once: each source is posted once.  Append-only.
CREATE TABLE ledger_transactions (
	id           BINARY(16) NOT NULL,
	source_kind  ENUM('payment', 'refund') NOT NULL,
	source_id    BINARY(16) NOT NULL,
	-- the source that this one takes back from, or its own
	origin_id    BINARY(16) NOT NULL,
	note         VARCHAR(191) NOT NULL DEFAULT '',
	created_at   DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	-- the source by its kind, for the foreign keys and for checks
	payment_id   BINARY(16) GENERATED ALWAYS AS (IF(source_kind = 'payment', source_id, NULL)) STORED,
	refund_id    BINARY(16) GENERATED ALWAYS AS (IF(source_kind = 'refund', source_id, NULL)) STORED,
	CONSTRAINT pk_ledger_transactions PRIMARY KEY (id),
	-- a source is posted once
	CONSTRAINT uq_ledger_transactions_source UNIQUE (source_kind, source_id),
	-- the posting of a payment, of a refund
	INDEX ix_ledger_transactions_payment (payment_id),
	INDEX ix_ledger_transactions_refund (refund_id),
	-- a source with all that was taken back of it: what is left
	INDEX ix_ledger_transactions_origin (origin_id, id),
	CONSTRAINT fk_ledger_transactions_payment FOREIGN KEY (payment_id) REFERENCES payments (id) ON DELETE RESTRICT,
	CONSTRAINT fk_ledger_transactions_refund FOREIGN KEY (refund_id) REFERENCES refunds (id) ON DELETE RESTRICT,
	CONSTRAINT ck_ledger_transactions_origin CHECK ((source_kind = 'refund') = (origin_id <> source_id))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
