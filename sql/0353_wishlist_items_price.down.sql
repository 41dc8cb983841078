ALTER TABLE wishlist_items
	DROP CONSTRAINT ck_wishlist_items_price,
	DROP INDEX ix_wishlist_items_price,
	DROP COLUMN known_price_minor,
	DROP COLUMN wished_price_minor;
