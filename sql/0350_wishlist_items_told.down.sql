ALTER TABLE wishlist_items
	DROP INDEX ix_wishlist_items_told,
	DROP COLUMN told_back_at;
