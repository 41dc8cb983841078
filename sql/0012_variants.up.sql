-- What can be bought: a product in one choice of its options.  A price of NULL is the product's.
CREATE TABLE variants (
	id            BINARY(16) NOT NULL,
	product_id    BINARY(16) NOT NULL,
	sku           VARCHAR(64) COLLATE utf8mb4_bin NOT NULL,
	price_minor   BIGINT NULL,
	options       JSON NOT NULL DEFAULT '{}',
	barcode       VARCHAR(64) COLLATE utf8mb4_bin NULL,
	weight_grams  INT NULL,
	position      INT NOT NULL DEFAULT 0,
	deleted_at    DATETIME(3) NULL,
	created_at    DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at    DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
	created_by    BINARY(16) NULL,
	updated_by    BINARY(16) NULL,
	CONSTRAINT pk_variants PRIMARY KEY (id),
	-- search by exact SKU
	CONSTRAINT uq_variants_sku UNIQUE (sku),
	-- the variants of a product in their order
	INDEX ix_variants_product (product_id, position, id),
	CONSTRAINT fk_variants_product FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE RESTRICT,
	CONSTRAINT ck_variants_sku CHECK (sku <> ''),
	CONSTRAINT ck_variants_price CHECK (price_minor >= 0),
	CONSTRAINT ck_variants_weight CHECK (weight_grams >= 0)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
