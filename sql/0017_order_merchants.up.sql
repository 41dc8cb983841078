-- Each seller's part of an order: the sums of the seller's lines, shipping left out.
CREATE TABLE order_merchants (
	order_id            BINARY(16) NOT NULL,
	merchant_id         BINARY(16) NOT NULL,
	currency            CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	subtotal_minor      BIGINT NOT NULL,
	discount_minor      BIGINT NOT NULL DEFAULT 0,
	tax_minor           BIGINT NOT NULL DEFAULT 0,
	tax_included_minor  BIGINT NOT NULL DEFAULT 0,
	total_minor         BIGINT NOT NULL,
	-- the sellers of an order, and whether one may see it
	CONSTRAINT pk_order_merchants PRIMARY KEY (order_id, merchant_id),
	-- a seller's orders, newest first
	INDEX ix_order_merchants_merchant (merchant_id, order_id),
	CONSTRAINT fk_order_merchants_order FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE RESTRICT,
	CONSTRAINT fk_order_merchants_merchant FOREIGN KEY (merchant_id) REFERENCES merchants (id) ON DELETE RESTRICT,
	CONSTRAINT ck_order_merchants_subtotal CHECK (subtotal_minor >= 0),
	CONSTRAINT ck_order_merchants_discount CHECK (discount_minor BETWEEN 0 AND subtotal_minor),
	CONSTRAINT ck_order_merchants_tax CHECK (tax_included_minor BETWEEN 0 AND tax_minor),
	CONSTRAINT ck_order_merchants_total CHECK (
		total_minor = subtotal_minor - discount_minor + tax_minor - tax_included_minor)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
