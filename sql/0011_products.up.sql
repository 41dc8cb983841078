-- What is sold.  What can be bought is a variant; a product without options has one.  brand_name is a copy, because a
-- full-text index holds the columns of one table only.
CREATE TABLE products (
	id                      BINARY(16) NOT NULL,
	merchant_id             BINARY(16) NOT NULL,
	category_id             BINARY(16) NOT NULL,
	brand_id                BINARY(16) NULL,
	name                    VARCHAR(200) NOT NULL,
	slug                    VARCHAR(230) COLLATE utf8mb4_bin NOT NULL,
	description             MEDIUMTEXT NOT NULL,
	brand_name              VARCHAR(120) NOT NULL DEFAULT '',
	price_minor             BIGINT NOT NULL,
	compare_at_price_minor  BIGINT NULL,
	cost_price_minor        BIGINT NULL,
	currency                CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	tax_class               VARCHAR(32) COLLATE utf8mb4_bin NOT NULL DEFAULT 'standard',
	status                  ENUM('draft', 'published', 'archived') NOT NULL DEFAULT 'draft',
	is_featured             BOOLEAN NOT NULL DEFAULT FALSE,
	options                 JSON NOT NULL DEFAULT '[]',
	images                  JSON NOT NULL DEFAULT '[]',
	rating_average          DECIMAL(3, 2) NOT NULL DEFAULT 0,
	rating_count            INT NOT NULL DEFAULT 0,
	sales_count             BIGINT NOT NULL DEFAULT 0,
	version                 INT UNSIGNED NOT NULL DEFAULT 1,
	deleted_at              DATETIME(3) NULL,
	created_at              DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at              DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
	created_by              BINARY(16) NULL,
	updated_by              BINARY(16) NULL,
	CONSTRAINT pk_products PRIMARY KEY (id),
	-- a product by its slug
	CONSTRAINT uq_products_slug UNIQUE (slug),
	-- the products of a category, and whether there are any before it is deleted
	INDEX ix_products_category (category_id, id),
	-- the products of a brand that is renamed or deleted
	INDEX ix_products_brand (brand_id, id),
	-- a seller's own products, drafts and archived ones too, newest first
	INDEX ix_products_merchant (merchant_id, created_at, id),
	-- the same by status
	INDEX ix_products_merchant_status (merchant_id, status, created_at, id),
	-- all products for staff, newest first
	INDEX ix_products_created (created_at, id),
	-- all products of one status for staff, newest first
	INDEX ix_products_status (status, created_at, id),
	-- search
	FULLTEXT INDEX ft_products_text (name, description, brand_name),
	CONSTRAINT fk_products_merchant FOREIGN KEY (merchant_id) REFERENCES merchants (id) ON DELETE RESTRICT,
	CONSTRAINT fk_products_category FOREIGN KEY (category_id) REFERENCES categories (id) ON DELETE RESTRICT,
	CONSTRAINT fk_products_brand FOREIGN KEY (brand_id) REFERENCES brands (id) ON DELETE SET NULL,
	CONSTRAINT ck_products_name CHECK (name <> ''),
	CONSTRAINT ck_products_slug CHECK (slug <> ''),
	CONSTRAINT ck_products_price CHECK (price_minor >= 0),
	CONSTRAINT ck_products_compare_at_price CHECK (compare_at_price_minor >= 0),
	CONSTRAINT ck_products_cost_price CHECK (cost_price_minor >= 0),
	CONSTRAINT ck_products_currency CHECK (currency REGEXP '^[A-Z]{3}$'),
	CONSTRAINT ck_products_rating CHECK (rating_average BETWEEN 0 AND 5 AND rating_count >= 0),
	CONSTRAINT ck_products_sales CHECK (sales_count >= 0)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
