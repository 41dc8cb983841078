ALTER TABLE wishlist_items
	-- when its owner was last told that the product is back in stock; at first a day long ago
	ADD COLUMN told_back_at DATETIME(3) NOT NULL DEFAULT '2000-01-01 00:00:00',
	-- who is to be told next
	ADD INDEX ix_wishlist_items_told (product_id, told_back_at, user_id);
