ALTER TABLE product_listings
	DROP INDEX ix_product_listings_brand_price,
	DROP INDEX ix_product_listings_merchant_price;
