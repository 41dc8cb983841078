ALTER TABLE product_listings
	DROP INDEX ix_product_listings_price,
	DROP INDEX ix_product_listings_brand_price,
	DROP INDEX ix_product_listings_merchant_price,
	DROP COLUMN price_order,
	DROP COLUMN in_stock,
	ADD INDEX ix_product_listings_price (category_id, price_minor, product_id),
	ADD INDEX ix_product_listings_currency (category_id, currency, price_minor, product_id),
	ADD INDEX ix_product_listings_brand_price (category_id, brand_id, price_minor, product_id),
	ADD INDEX ix_product_listings_merchant_price (category_id, merchant_id, price_minor, product_id);
