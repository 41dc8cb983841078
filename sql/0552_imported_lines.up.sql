-- The lines of imported orders, as the other system had them.
CREATE TABLE imported_lines (
	order_id          BINARY(16) NOT NULL,
	position          INT NOT NULL,
	-- known by the SKU when it was imported; NULL: not sold here
	merchant_id       BINARY(16) NULL,
	product_id        BINARY(16) NULL,
	sku               VARCHAR(64) COLLATE utf8mb4_bin NOT NULL DEFAULT '',
	name              VARCHAR(200) NOT NULL,
	quantity          INT NOT NULL,
	-- the order's
	currency          CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	unit_price_minor  BIGINT NOT NULL,
	discount_minor    BIGINT NOT NULL,
	tax_minor         BIGINT NOT NULL,
	total_minor       BIGINT NOT NULL,
	-- the lines of an order in their order
	CONSTRAINT pk_imported_lines PRIMARY KEY (order_id, position),
	CONSTRAINT fk_imported_lines_order FOREIGN KEY (order_id) REFERENCES imported_orders (id) ON DELETE CASCADE,
	CONSTRAINT ck_imported_lines_quantity CHECK (quantity > 0),
	CONSTRAINT ck_imported_lines_total CHECK (total_minor = quantity * unit_price_minor - discount_minor + tax_minor)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
