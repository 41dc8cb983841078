-- An order as it was placed: prices, taxes and addresses are snapshots.  tax_minor is all the tax; the part of it that
-- the prices held already is tax_included_minor.
CREATE TABLE orders (
	id                  BINARY(16) NOT NULL,
	number              VARCHAR(20) COLLATE utf8mb4_bin NOT NULL,
	user_id             BINARY(16) NOT NULL,
	status              ENUM('pending', 'confirmed', 'paid', 'processing', 'shipped', 'delivered', 'completed',
	                         'cancelled', 'expired', 'refunded') NOT NULL DEFAULT 'pending',
	payment_status      ENUM('pending', 'paid', 'failed', 'partially_refunded', 'refunded') NOT NULL DEFAULT 'pending',
	payment_method      ENUM('online', 'cash_on_delivery') NULL,
	currency            CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	subtotal_minor      BIGINT NOT NULL,
	discount_minor      BIGINT NOT NULL DEFAULT 0,
	shipping_minor      BIGINT NOT NULL DEFAULT 0,
	tax_minor           BIGINT NOT NULL DEFAULT 0,
	tax_included_minor  BIGINT NOT NULL DEFAULT 0,
	total_minor         BIGINT NOT NULL,
	refunded_minor      BIGINT NOT NULL DEFAULT 0,
	shipping_method     ENUM('standard', 'express', 'pickup') NOT NULL,
	shipping_address    JSON NOT NULL,
	billing_address     JSON NOT NULL,
	expires_at          DATETIME(3) NULL,
	paid_at             DATETIME(3) NULL,
	cancelled_at        DATETIME(3) NULL,
	cancel_reason       VARCHAR(500) NULL,
	created_at          DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at          DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
	created_by          BINARY(16) NULL,
	updated_by          BINARY(16) NULL,
	-- an order by its id; the staff's list, whose from and to are bounds of the id, which begins with the time
	CONSTRAINT pk_orders PRIMARY KEY (id),
	-- an order by its number
	CONSTRAINT uq_orders_number UNIQUE (number),
	-- a customer's orders, newest first
	INDEX ix_orders_user (user_id, id),
	-- orders whose time has run out
	INDEX ix_orders_expires (status, expires_at),
	-- the staff's list by status
	INDEX ix_orders_status (status, id),
	-- the staff's list by payment status
	INDEX ix_orders_payment_status (payment_status, id),
	CONSTRAINT fk_orders_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE RESTRICT,
	CONSTRAINT ck_orders_currency CHECK (currency REGEXP '^[A-Z]{3}$'),
	CONSTRAINT ck_orders_subtotal CHECK (subtotal_minor >= 0),
	CONSTRAINT ck_orders_discount CHECK (discount_minor BETWEEN 0 AND subtotal_minor),
	CONSTRAINT ck_orders_shipping CHECK (shipping_minor >= 0),
	CONSTRAINT ck_orders_tax CHECK (tax_included_minor BETWEEN 0 AND tax_minor),
	CONSTRAINT ck_orders_total CHECK (
		total_minor = subtotal_minor - discount_minor + shipping_minor + tax_minor - tax_included_minor),
	CONSTRAINT ck_orders_refunded CHECK (refunded_minor BETWEEN 0 AND total_minor)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
