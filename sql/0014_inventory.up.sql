-- The stock of a variant.  Available is on_hand - reserved; changed by conditional UPDATE only.
CREATE TABLE inventory (
	variant_id  BINARY(16) NOT NULL,
	on_hand     INT NOT NULL DEFAULT 0,
	reserved    INT NOT NULL DEFAULT 0,
	low_stock   INT NOT NULL DEFAULT 10,
	created_at  DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at  DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
	-- every read and every conditional update
	CONSTRAINT pk_inventory PRIMARY KEY (variant_id),
	CONSTRAINT fk_inventory_variant FOREIGN KEY (variant_id) REFERENCES variants (id) ON DELETE RESTRICT,
	CONSTRAINT ck_inventory_on_hand CHECK (on_hand >= 0),
	CONSTRAINT ck_inventory_reserved CHECK (reserved BETWEEN 0 AND on_hand),
	CONSTRAINT ck_inventory_low_stock CHECK (low_stock >= 0)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
