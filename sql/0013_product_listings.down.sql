DROP TABLE product_listings;
