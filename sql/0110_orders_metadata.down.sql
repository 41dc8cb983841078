ALTER TABLE orders
	DROP CONSTRAINT ck_orders_metadata,
	DROP COLUMN metadata;
