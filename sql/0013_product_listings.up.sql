-- The products that the storefront shows, once for each category they are listed under (their own and all above) and
-- once under the id of sixteen zero bytes, which is the whole shop.  One row is in one index range for each
-- ordering, so a page costs the same among a thousand products as among a million.  Written in the transaction that
-- changes the product, its category, or its merchant's status.
CREATE TABLE product_listings (
	category_id     BINARY(16) NOT NULL,
	product_id      BINARY(16) NOT NULL,
	merchant_id     BINARY(16) NOT NULL,
	brand_id        BINARY(16) NULL,
	currency        CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	price_minor     BIGINT NOT NULL,
	created_at      DATETIME(3) NOT NULL,
	name            VARCHAR(200) NOT NULL,
	rating_average  DECIMAL(3, 2) NOT NULL DEFAULT 0,
	sales_count     BIGINT NOT NULL DEFAULT 0,
	is_featured     BOOLEAN NOT NULL DEFAULT FALSE,
	-- whether a product that a search found is shown, and under this category
	CONSTRAINT pk_product_listings PRIMARY KEY (category_id, product_id),
	-- all rows of a product that changes
	INDEX ix_product_listings_product (product_id),
	-- ordering=created_at
	INDEX ix_product_listings_created (category_id, created_at, product_id),
	-- ordering=price
	INDEX ix_product_listings_price (category_id, price_minor, product_id),
	-- ordering=name
	INDEX ix_product_listings_name (category_id, name, product_id),
	-- ordering=rating, and rating_gte
	INDEX ix_product_listings_rating (category_id, rating_average, product_id),
	-- ordering=sales
	INDEX ix_product_listings_sales (category_id, sales_count, product_id),
	-- currency with min_price and max_price, which mean something within one currency only
	INDEX ix_product_listings_currency (category_id, currency, price_minor, product_id),
	-- brand, with or without a category, newest first
	INDEX ix_product_listings_brand (category_id, brand_id, created_at, product_id),
	-- merchant, with or without a category, newest first
	INDEX ix_product_listings_merchant (category_id, merchant_id, created_at, product_id),
	-- brand with ordering=price: prices go with the currency, so the whole shop's order by price may meet the products
	-- of one brand or merchant at its very end only
	INDEX ix_product_listings_brand_price (category_id, brand_id, price_minor, product_id),
	-- merchant with ordering=price
	INDEX ix_product_listings_merchant_price (category_id, merchant_id, price_minor, product_id),
	-- is_featured, newest first
	INDEX ix_product_listings_featured (category_id, is_featured, created_at, product_id),
	CONSTRAINT fk_product_listings_product FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
