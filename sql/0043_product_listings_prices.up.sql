-- A brand's or a merchant's products by price: prices go with the currency, so the whole shop's order by price may meet
-- the products of one merchant at its very end only.
ALTER TABLE product_listings
	-- brand with ordering=price
	ADD INDEX ix_product_listings_brand_price (category_id, brand_id, price_minor, product_id),
	-- merchant with ordering=price
	ADD INDEX ix_product_listings_merchant_price (category_id, merchant_id, price_minor, product_id);
