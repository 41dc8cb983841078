-- Fails while a deleted variant has the SKU of another: there the older form has no place for both.
ALTER TABLE variants
	DROP CONSTRAINT ck_variants_deleted_with_product,
	DROP INDEX uq_variants_sku,
	ADD CONSTRAINT uq_variants_sku UNIQUE (sku),
	DROP COLUMN live_marker,
	DROP COLUMN deleted_with_product;
