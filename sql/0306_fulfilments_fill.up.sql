-- The parts of orders that were paid or confirmed before there were rows of them.  Their ids begin with the order's time.
INSERT INTO fulfilments (id, order_id, merchant_id, status, packed_at, shipped_at, delivered_at, due_at, created_at, updated_at)
SELECT UNHEX(CONCAT(LEFT(HEX(o.id), 12), '7', LEFT(MD5(CONCAT(o.id, m.merchant_id)), 3), '8',
		SUBSTR(MD5(CONCAT(o.id, m.merchant_id)), 4, 15))),
	o.id, m.merchant_id,
	CASE o.status WHEN 'processing' THEN 'packed' WHEN 'shipped' THEN 'shipped' WHEN 'delivered' THEN 'delivered'
		WHEN 'completed' THEN 'delivered' ELSE 'pending' END,
	IF(o.status IN ('processing', 'shipped', 'delivered', 'completed'), o.updated_at, NULL),
	IF(o.status IN ('shipped', 'delivered', 'completed'), o.updated_at, NULL),
	IF(o.status IN ('delivered', 'completed'), o.updated_at, NULL),
	CASE o.status WHEN 'shipped' THEN o.updated_at + INTERVAL 30 DAY WHEN 'delivered' THEN o.updated_at + INTERVAL 14 DAY END,
	o.updated_at, o.updated_at
FROM orders o JOIN order_merchants m ON m.order_id = o.id
WHERE o.status IN ('paid', 'confirmed', 'processing', 'shipped', 'delivered', 'completed');
