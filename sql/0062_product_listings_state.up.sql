-- price_minor becomes the lowest price that can be paid, as product_documents has it.  Prices are compared within their
-- currency: price_order is the currency and the price in 19 digits, so that
-- one column orders by both (a generated one may not turn numbers into text).
ALTER TABLE product_listings
	ADD COLUMN in_stock BOOLEAN NOT NULL DEFAULT TRUE AFTER price_minor,
	ADD COLUMN price_order CHAR(22) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '' AFTER in_stock,
	DROP INDEX ix_product_listings_price,
	DROP INDEX ix_product_listings_currency,
	DROP INDEX ix_product_listings_brand_price,
	DROP INDEX ix_product_listings_merchant_price,
	-- ordering=price, and currency with min_price and max_price
	ADD INDEX ix_product_listings_price (category_id, price_order, product_id),
	-- brand with ordering=price
	ADD INDEX ix_product_listings_brand_price (category_id, brand_id, price_order, product_id),
	-- merchant with ordering=price
	ADD INDEX ix_product_listings_merchant_price (category_id, merchant_id, price_order, product_id);
