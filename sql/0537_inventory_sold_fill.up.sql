-- What was sold before.
UPDATE inventory i JOIN (SELECT variant_id, MAX(created_at) AS sold_at FROM inventory_movements WHERE reason = 'sale' GROUP BY variant_id) m
	ON m.variant_id = i.variant_id SET i.last_sold_at = m.sold_at, i.updated_at = i.updated_at;
