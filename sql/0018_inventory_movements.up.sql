-- Why on_hand is what it is: its movements sum to it.  Append-only.
CREATE TABLE inventory_movements (
	id             BINARY(16) NOT NULL,
	variant_id     BINARY(16) NOT NULL,
	delta_on_hand  INT NOT NULL,
	reason         ENUM('initial', 'adjustment', 'sale', 'return') NOT NULL,
	order_id       BINARY(16) NULL,
	note           VARCHAR(500) NOT NULL DEFAULT '',
	actor_id       BINARY(16) NULL,
	created_at     DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	-- the order when this is its sale, else NULL, which a unique key does not count
	sale_order_id  BINARY(16) GENERATED ALWAYS AS (IF(reason = 'sale', order_id, NULL)) VIRTUAL,
	CONSTRAINT pk_inventory_movements PRIMARY KEY (id),
	-- an order takes a variant from the shelf once
	CONSTRAINT uq_inventory_movements_sale UNIQUE (sale_order_id, variant_id),
	-- the movements of a variant, newest first, and their sum from the index alone
	INDEX ix_inventory_movements_variant (variant_id, id, delta_on_hand),
	-- the movements of an order
	INDEX ix_inventory_movements_order (order_id),
	CONSTRAINT fk_inventory_movements_variant FOREIGN KEY (variant_id) REFERENCES variants (id) ON DELETE RESTRICT,
	CONSTRAINT fk_inventory_movements_order FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE RESTRICT,
	CONSTRAINT ck_inventory_movements_delta CHECK (delta_on_hand <> 0),
	CONSTRAINT ck_inventory_movements_sale CHECK (reason <> 'sale' OR (order_id IS NOT NULL AND delta_on_hand < 0)),
	CONSTRAINT ck_inventory_movements_return CHECK (reason <> 'return' OR (order_id IS NOT NULL AND delta_on_hand > 0))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
