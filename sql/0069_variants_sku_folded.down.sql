ALTER TABLE variants
	DROP INDEX uq_variants_sku,
	ADD CONSTRAINT uq_variants_sku UNIQUE (sku, live_marker),
	DROP COLUMN sku_folded;
