-- A slug belongs to one product that is not deleted.
ALTER TABLE products
	-- 1 on what is not deleted, else NULL, which a unique key does not count
	ADD COLUMN live_marker TINYINT GENERATED ALWAYS AS (IF(deleted_at IS NULL, 1, NULL)) VIRTUAL,
	DROP INDEX uq_products_slug,
	-- a product by its slug
	ADD CONSTRAINT uq_products_slug UNIQUE (slug, live_marker);
