-- The percentage by which a line was taxed, as the rule of that day said; NULL: not taxed, or placed before it was kept.
ALTER TABLE order_lines
	ADD COLUMN tax_rate VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL AFTER discount_minor;
