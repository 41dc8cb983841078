-- The columns go with 0353.
UPDATE wishlist_items SET wished_price_minor = 0, known_price_minor = 0;
