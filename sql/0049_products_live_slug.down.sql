-- Fails while a deleted product has the slug of another.
ALTER TABLE products
	DROP INDEX uq_products_slug,
	ADD CONSTRAINT uq_products_slug UNIQUE (slug),
	DROP COLUMN live_marker;
