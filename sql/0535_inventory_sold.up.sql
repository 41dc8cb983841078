-- Since when a variant that is on hand has not been sold, and whether it is low: what the inventory report lists, the worst first.
ALTER TABLE inventory
	ADD COLUMN last_sold_at DATETIME(3) NULL AFTER low_stock,
	ADD COLUMN idle_since DATETIME(3) GENERATED ALWAYS AS (IF(on_hand > 0, IFNULL(last_sold_at, created_at), NULL)) VIRTUAL,
	ADD COLUMN is_low TINYINT GENERATED ALWAYS AS (IF(on_hand - reserved <= low_stock, 1, NULL)) VIRTUAL,
	ADD INDEX ix_inventory_idle (idle_since),
	ADD INDEX ix_inventory_low (is_low, variant_id);
