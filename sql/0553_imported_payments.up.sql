-- Closed payments of imported orders: what was paid elsewhere, and by what.
CREATE TABLE imported_payments (
	-- the other system's
	number          VARCHAR(64) COLLATE utf8mb4_bin NOT NULL,
	order_id        BINARY(16) NOT NULL,
	provider        VARCHAR(64) NOT NULL,
	method          VARCHAR(64) NULL,
	status          ENUM('succeeded', 'failed', 'refunded') NOT NULL,
	amount_minor    BIGINT NOT NULL,
	refunded_minor  BIGINT NOT NULL,
	currency        CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	paid_at         DATETIME(3) NOT NULL,
	created_at      DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	-- is it here already?
	CONSTRAINT pk_imported_payments PRIMARY KEY (number),
	-- those of an order
	INDEX ix_imported_payments_order (order_id, paid_at),
	CONSTRAINT fk_imported_payments_order FOREIGN KEY (order_id) REFERENCES imported_orders (id) ON DELETE CASCADE,
	CONSTRAINT ck_imported_payments_refunded CHECK (refunded_minor BETWEEN 0 AND amount_minor)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
