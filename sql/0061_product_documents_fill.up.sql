-- Those of the products that were listed before; they are printed by the first job, or by haatctl documents rebuild.
INSERT INTO product_documents (product_id, currency, price_minor, price_max_minor, in_stock)
SELECT s.product_id, s.currency, IFNULL(s.low, s.lowest), NULLIF(IFNULL(s.high, s.highest), IFNULL(s.low, s.lowest)), s.low IS NOT NULL
FROM (SELECT p.id AS product_id, p.currency, MIN(IF(i.on_hand > i.reserved, IFNULL(v.price_minor, p.price_minor), NULL)) AS low,
	MAX(IF(i.on_hand > i.reserved, IFNULL(v.price_minor, p.price_minor), NULL)) AS high,
	MIN(IFNULL(v.price_minor, p.price_minor)) AS lowest, MAX(IFNULL(v.price_minor, p.price_minor)) AS highest
	FROM product_listings l JOIN products p ON p.id = l.product_id JOIN variants v ON v.product_id = p.id AND v.deleted_at IS NULL
	JOIN inventory i ON i.variant_id = v.id WHERE l.category_id = x'00000000000000000000000000000000' GROUP BY p.id, p.currency) s;
