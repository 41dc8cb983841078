ALTER TABLE inventory DROP INDEX ix_inventory_low, DROP INDEX ix_inventory_idle, DROP COLUMN is_low, DROP COLUMN idle_since, DROP COLUMN last_sold_at;
