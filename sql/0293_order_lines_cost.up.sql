-- What one unit had cost the seller when it was sold; NULL where nobody knew.
ALTER TABLE order_lines
	ADD COLUMN cost_minor BIGINT NULL,
	ADD CONSTRAINT ck_order_lines_cost CHECK (cost_minor >= 0);
