ALTER TABLE order_lines
	DROP CONSTRAINT ck_order_lines_cost,
	DROP COLUMN cost_minor;
