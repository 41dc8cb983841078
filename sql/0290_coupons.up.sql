-- Codes that make an order cheaper.  A code belongs to one coupon that is not deleted.
CREATE TABLE coupons (
	id                  BINARY(16) NOT NULL,
	-- in upper case
	code                VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	kind                ENUM('percent', 'fixed') NOT NULL,
	-- of a percent: 12.5 is 1250
	percent_hundredths  INT NULL,
	-- of a fixed one
	amount_minor        BIGINT NULL,
	currency            CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
	-- the goods it is for must come to this much
	minimum_minor       BIGINT NULL,
	starts_at           DATETIME(3) NULL,
	ends_at             DATETIME(3) NULL,
	limit_total         INT NULL,
	limit_per_user      INT NULL,
	-- for the goods of this category and of those below it only
	category_id         BINARY(16) NULL,
	-- for the goods of this merchant only, who bears what it takes off; NULL: the shop does
	merchant_id         BINARY(16) NULL,
	-- orders that have it and are neither cancelled nor expired
	uses                INT NOT NULL DEFAULT 0,
	version             INT NOT NULL DEFAULT 1,
	created_at          DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at          DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
	created_by          BINARY(16) NULL,
	updated_by          BINARY(16) NULL,
	deleted_at          DATETIME(3) NULL,
	-- 1 on what is not deleted, else NULL, which a unique key does not count
	live_marker         TINYINT GENERATED ALWAYS AS (IF(deleted_at IS NULL, 1, NULL)) VIRTUAL,
	CONSTRAINT pk_coupons PRIMARY KEY (id),
	-- the coupon of a code
	CONSTRAINT uq_coupons_code UNIQUE (code, live_marker),
	-- a merchant's coupons, newest first
	INDEX ix_coupons_merchant (merchant_id, live_marker, id),
	-- all coupons, newest first
	INDEX ix_coupons_live (live_marker, id),
	-- the foreign key's own
	INDEX ix_coupons_category (category_id),
	CONSTRAINT fk_coupons_category FOREIGN KEY (category_id) REFERENCES categories (id) ON DELETE RESTRICT,
	CONSTRAINT fk_coupons_merchant FOREIGN KEY (merchant_id) REFERENCES merchants (id) ON DELETE RESTRICT,
	CONSTRAINT ck_coupons_code CHECK (code REGEXP '^[0-9A-Z_-]{3,32}$'),
	CONSTRAINT ck_coupons_percent CHECK ((kind = 'percent') = (percent_hundredths IS NOT NULL)
		AND percent_hundredths BETWEEN 1 AND 10000),
	CONSTRAINT ck_coupons_amount CHECK ((kind = 'fixed') = (amount_minor IS NOT NULL) AND amount_minor > 0),
	CONSTRAINT ck_coupons_currency CHECK (currency REGEXP '^[A-Z]{3}$'
		AND (currency IS NOT NULL OR (amount_minor IS NULL AND minimum_minor IS NULL))),
	CONSTRAINT ck_coupons_minimum CHECK (minimum_minor > 0),
	CONSTRAINT ck_coupons_window CHECK (starts_at < ends_at),
	CONSTRAINT ck_coupons_limit_total CHECK (limit_total > 0),
	CONSTRAINT ck_coupons_limit_per_user CHECK (limit_per_user > 0),
	CONSTRAINT ck_coupons_uses CHECK (uses >= 0),
	CONSTRAINT ck_coupons_uses_in_limit CHECK (uses <= limit_total)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
