-- Stock that an order holds until it is paid (committed) or given up (released).
CREATE TABLE reservations (
	order_id    BINARY(16) NOT NULL,
	variant_id  BINARY(16) NOT NULL,
	quantity    INT NOT NULL,
	status      ENUM('held', 'committed', 'released') NOT NULL DEFAULT 'held',
	-- whether the sale was added to the product's sales counter, which a job does once
	counted     BOOLEAN NOT NULL DEFAULT FALSE,
	created_at  DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at  DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
	-- what an order holds, in the order in which stock is locked
	CONSTRAINT pk_reservations PRIMARY KEY (order_id, variant_id),
	-- held quantities of a variant against inventory.reserved, from the index alone
	INDEX ix_reservations_variant (variant_id, status, quantity),
	CONSTRAINT fk_reservations_order FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE RESTRICT,
	CONSTRAINT fk_reservations_variant FOREIGN KEY (variant_id) REFERENCES variants (id) ON DELETE RESTRICT,
	CONSTRAINT ck_reservations_quantity CHECK (quantity > 0)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
