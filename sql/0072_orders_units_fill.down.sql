UPDATE orders SET updated_at = updated_at, units = NULL WHERE units IS NOT NULL;
