-- Closed orders of another system: shown, and reported as a source of their own.  Nothing that moves money or stock knows them.
-- The id begins with the time at which the order was placed.
CREATE TABLE imported_orders (
	id              BINARY(16) NOT NULL,
	-- the other system's
	number          VARCHAR(64) COLLATE utf8mb4_bin NOT NULL,
	-- whose e-mail address it had; NULL: nobody's here
	user_id         BINARY(16) NULL,
	status          ENUM('completed', 'cancelled', 'refunded') NOT NULL,
	currency        CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	item_count      INT NOT NULL,
	subtotal_minor  BIGINT NOT NULL,
	discount_minor  BIGINT NOT NULL,
	shipping_minor  BIGINT NOT NULL,
	tax_minor       BIGINT NOT NULL,
	total_minor     BIGINT NOT NULL,
	refunded_minor  BIGINT NOT NULL,
	placed_at       DATETIME(3) NOT NULL,
	created_at      DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	CONSTRAINT pk_imported_orders PRIMARY KEY (id),
	-- is it here already?
	CONSTRAINT uq_imported_orders_number UNIQUE (number),
	-- a customer's, newest first
	INDEX ix_imported_orders_user (user_id, id),
	CONSTRAINT fk_imported_orders_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE RESTRICT,
	CONSTRAINT ck_imported_orders_currency CHECK (currency REGEXP '^[A-Z]{3}$'),
	CONSTRAINT ck_imported_orders_total CHECK (total_minor = subtotal_minor - discount_minor + shipping_minor + tax_minor),
	CONSTRAINT ck_imported_orders_refunded CHECK (refunded_minor BETWEEN 0 AND total_minor)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
