DROP TRIGGER product_listings_insert;
