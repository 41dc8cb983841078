-- What was sold, once for each seller of an order, and what of it was given back; as it was told, whole, and never changed.
CREATE TABLE invoices (
	id           BINARY(16) NOT NULL,
	kind         ENUM('invoice', 'credit_note') NOT NULL,
	order_id     BINARY(16) NOT NULL,
	merchant_id  BINARY(16) NOT NULL,
	source_id    BINARY(16) NOT NULL,
	year         SMALLINT NOT NULL,
	sequence     INT NOT NULL,
	number       VARCHAR(32) COLLATE utf8mb4_bin NOT NULL,
	currency     CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	total_minor  BIGINT NOT NULL,
	document     JSON NOT NULL,
	issued_at    DATETIME(3) NOT NULL,
	CONSTRAINT pk_invoices PRIMARY KEY (id),
	-- a number is given once
	CONSTRAINT uq_invoices_sequence UNIQUE (merchant_id, kind, year, sequence),
	-- one invoice of an order (source_id is the order's), one credit note of a refund (the refund's)
	CONSTRAINT uq_invoices_source UNIQUE (source_id, merchant_id, kind),
	-- the invoices of an order
	INDEX ix_invoices_order (order_id, id),
	CONSTRAINT fk_invoices_order FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE RESTRICT,
	CONSTRAINT ck_invoices_sequence CHECK (sequence > 0),
	CONSTRAINT ck_invoices_total CHECK (total_minor >= 0)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
