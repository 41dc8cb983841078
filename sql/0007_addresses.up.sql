-- Where a customer has things sent and billed.  Orders keep a snapshot, so an address may change or go at any time.
CREATE TABLE addresses (
	id              BINARY(16) NOT NULL,
	user_id         BINARY(16) NOT NULL,
	kind            ENUM('shipping', 'billing') NOT NULL,
	full_name       VARCHAR(150) NOT NULL,
	phone           VARCHAR(20) COLLATE utf8mb4_bin NOT NULL,
	line1           VARCHAR(200) NOT NULL,
	line2           VARCHAR(200) NULL,
	city            VARCHAR(100) NOT NULL,
	state           VARCHAR(100) NULL,
	postal_code     VARCHAR(20) NOT NULL,
	country         CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	is_default      BOOLEAN NOT NULL DEFAULT FALSE,
	version         INT UNSIGNED NOT NULL DEFAULT 1,
	deleted_at      DATETIME(3) NULL,
	created_at      DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at      DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
	created_by      BINARY(16) NULL,
	updated_by      BINARY(16) NULL,
	-- 1 on the default of its kind, else NULL, which a unique key does not count
	default_marker  TINYINT GENERATED ALWAYS AS (IF(is_default AND deleted_at IS NULL, 1, NULL)) VIRTUAL,
	CONSTRAINT pk_addresses PRIMARY KEY (id),
	-- at most one default of each kind
	CONSTRAINT uq_addresses_default UNIQUE (user_id, kind, default_marker),
	-- a user's addresses
	INDEX ix_addresses_user (user_id, deleted_at, id),
	CONSTRAINT fk_addresses_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
	CONSTRAINT ck_addresses_country CHECK (country REGEXP '^[A-Z]{2}$')
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
