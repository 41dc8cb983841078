-- A shopkeeper's shop.  It sells in one currency; no commission of its own means the configured one.
CREATE TABLE merchants (
	id                       BINARY(16) NOT NULL,
	user_id                  BINARY(16) NOT NULL,
	shop_name                VARCHAR(150) NOT NULL,
	business_type            ENUM('individual', 'business', 'enterprise') NOT NULL,
	business_id              VARCHAR(64) COLLATE utf8mb4_bin NOT NULL,
	gst_number               VARCHAR(32) COLLATE utf8mb4_bin NULL,
	status                   ENUM('pending', 'active', 'suspended', 'inactive') NOT NULL DEFAULT 'pending',
	currency                 CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	commission_basis_points  INT NULL,
	created_at               DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at               DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
	created_by               BINARY(16) NULL,
	updated_by               BINARY(16) NULL,
	CONSTRAINT pk_merchants PRIMARY KEY (id),
	-- one shop a shopkeeper; the shop of the one who signed in
	CONSTRAINT uq_merchants_user UNIQUE (user_id),
	-- merchants waiting for verification
	INDEX ix_merchants_status (status, id),
	CONSTRAINT fk_merchants_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE RESTRICT,
	CONSTRAINT ck_merchants_shop_name CHECK (shop_name <> ''),
	CONSTRAINT ck_merchants_currency CHECK (currency REGEXP '^[A-Z]{3}$'),
	CONSTRAINT ck_merchants_commission CHECK (commission_basis_points BETWEEN 0 AND 10000)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
