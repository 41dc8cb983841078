DROP TRIGGER product_listings_update;
