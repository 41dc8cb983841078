-- seen_* is the price the customer last saw: when the live one differs the cart says so.
CREATE TABLE cart_items (
	id                BINARY(16) NOT NULL,
	cart_id           BINARY(16) NOT NULL,
	variant_id        BINARY(16) NOT NULL,
	quantity          INT NOT NULL,
	seen_price_minor  BIGINT NOT NULL,
	seen_currency     CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	created_at        DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at        DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
	CONSTRAINT pk_cart_items PRIMARY KEY (id),
	-- adding a variant again raises its quantity
	CONSTRAINT uq_cart_items_variant UNIQUE (cart_id, variant_id),
	-- the lines of a cart in the order they came
	INDEX ix_cart_items_cart (cart_id, id),
	-- the foreign key's own
	INDEX ix_cart_items_variant (variant_id),
	CONSTRAINT fk_cart_items_cart FOREIGN KEY (cart_id) REFERENCES carts (id) ON DELETE CASCADE,
	CONSTRAINT fk_cart_items_variant FOREIGN KEY (variant_id) REFERENCES variants (id) ON DELETE CASCADE,
	CONSTRAINT ck_cart_items_quantity CHECK (quantity BETWEEN 1 AND 99),
	CONSTRAINT ck_cart_items_seen_price CHECK (seen_price_minor >= 0)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
