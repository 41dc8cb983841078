ALTER TABLE products
	DROP CONSTRAINT ck_products_metadata,
	DROP COLUMN metadata;
