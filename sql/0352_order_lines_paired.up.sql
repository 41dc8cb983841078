-- Is the line's product counted in product_pairs with the others of its order?
ALTER TABLE order_lines
	ADD COLUMN paired BOOLEAN NOT NULL DEFAULT FALSE;
