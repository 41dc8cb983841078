-- A SKU belongs to one variant that is not deleted.  A product that is deleted takes its variants with it and brings those
-- back when it is restored, but not those that had been deleted on their own.
ALTER TABLE variants
	ADD COLUMN deleted_with_product BOOLEAN NOT NULL DEFAULT FALSE AFTER deleted_at,
	-- 1 on what is not deleted, else NULL, which a unique key does not count
	ADD COLUMN live_marker TINYINT GENERATED ALWAYS AS (IF(deleted_at IS NULL, 1, NULL)) VIRTUAL,
	DROP INDEX uq_variants_sku,
	-- search by exact SKU
	ADD CONSTRAINT uq_variants_sku UNIQUE (sku, live_marker),
	ADD CONSTRAINT ck_variants_deleted_with_product CHECK (NOT deleted_with_product OR deleted_at IS NOT NULL);
