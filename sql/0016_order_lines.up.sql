-- What was bought, as it was when it was bought.
CREATE TABLE order_lines (
	id                  BINARY(16) NOT NULL,
	order_id            BINARY(16) NOT NULL,
	position            INT NOT NULL,
	merchant_id         BINARY(16) NOT NULL,
	product_id          BINARY(16) NOT NULL,
	variant_id          BINARY(16) NOT NULL,
	name                VARCHAR(200) NOT NULL,
	sku                 VARCHAR(64) COLLATE utf8mb4_bin NOT NULL,
	options             JSON NOT NULL DEFAULT '{}',
	quantity            INT NOT NULL,
	unit_price_minor    BIGINT NOT NULL,
	discount_minor      BIGINT NOT NULL DEFAULT 0,
	tax_minor           BIGINT NOT NULL DEFAULT 0,
	tax_included_minor  BIGINT NOT NULL DEFAULT 0,
	total_minor         BIGINT NOT NULL,
	CONSTRAINT pk_order_lines PRIMARY KEY (id),
	-- the lines of an order in their order
	CONSTRAINT uq_order_lines_position UNIQUE (order_id, position),
	-- a variant is on one line of an order
	CONSTRAINT uq_order_lines_variant UNIQUE (order_id, variant_id),
	-- what a seller sold
	INDEX ix_order_lines_merchant (merchant_id, order_id),
	-- the sales of a product
	INDEX ix_order_lines_product (product_id, order_id),
	-- the foreign key's own
	INDEX ix_order_lines_variant (variant_id),
	CONSTRAINT fk_order_lines_order FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE RESTRICT,
	CONSTRAINT fk_order_lines_merchant FOREIGN KEY (merchant_id) REFERENCES merchants (id) ON DELETE RESTRICT,
	CONSTRAINT fk_order_lines_product FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE RESTRICT,
	CONSTRAINT fk_order_lines_variant FOREIGN KEY (variant_id) REFERENCES variants (id) ON DELETE RESTRICT,
	CONSTRAINT ck_order_lines_position CHECK (position >= 0),
	CONSTRAINT ck_order_lines_quantity CHECK (quantity > 0),
	CONSTRAINT ck_order_lines_unit_price CHECK (unit_price_minor >= 0),
	CONSTRAINT ck_order_lines_discount CHECK (discount_minor BETWEEN 0 AND quantity * unit_price_minor),
	CONSTRAINT ck_order_lines_tax CHECK (tax_included_minor BETWEEN 0 AND tax_minor),
	CONSTRAINT ck_order_lines_total CHECK (
		total_minor = quantity * unit_price_minor - discount_minor + tax_minor - tax_included_minor)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
