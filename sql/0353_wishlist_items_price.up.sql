ALTER TABLE wishlist_items
	-- the product's price when it was put aside, in its currency, which no product changes; 0: nobody knows
	ADD COLUMN wished_price_minor BIGINT NOT NULL DEFAULT 0,
	-- the lowest price that its owner has seen or was told
	ADD COLUMN known_price_minor BIGINT NOT NULL DEFAULT 0,
	-- who is to be told of a lower price
	ADD INDEX ix_wishlist_items_price (product_id, known_price_minor, user_id),
	ADD CONSTRAINT ck_wishlist_items_price CHECK (known_price_minor BETWEEN 0 AND wished_price_minor);
