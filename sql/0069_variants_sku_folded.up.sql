-- Two SKUs that differ only by case, width or how an accent is encoded look alike, and would be read as one: so they are one.
-- Fails while two variants have such SKUs: rename one of them first (docs/OPERATIONS.md).
ALTER TABLE variants
	ADD COLUMN sku_folded VARCHAR(64) COLLATE utf8mb4_uca1400_as_ci GENERATED ALWAYS AS (sku) VIRTUAL,
	DROP INDEX uq_variants_sku,
	-- a variant by its SKU, as whoever searches types it
	ADD CONSTRAINT uq_variants_sku UNIQUE (sku_folded, live_marker);
