ALTER TABLE order_lines
	DROP COLUMN tax_rate;
