-- The documents that were there before.
UPDATE search_documents d JOIN products p ON p.id = d.product_id
	JOIN product_listings l ON l.category_id = x'00000000000000000000000000000000' AND l.product_id = d.product_id
SET d.merchant_id = l.merchant_id, d.brand_id = l.brand_id, d.price_order = l.price_order, d.in_stock = l.in_stock,
	d.is_featured = l.is_featured, d.rating_average = l.rating_average, d.sales_count = l.sales_count, d.created_at = l.created_at,
	d.name = l.name, d.categories = (SELECT GROUP_CONCAT(a.ancestor_id ORDER BY a.distance DESC SEPARATOR '')
		FROM category_ancestors a WHERE a.category_id = p.category_id),
	d.words = (SELECT IFNULL(GROUP_CONCAT(CHAR(128 | w.word >> 28, w.word >> 21 & 127, w.word >> 14 & 127, w.word >> 7 & 127,
		w.word & 127, w.score >> 7, w.score & 127) ORDER BY w.word SEPARATOR ''), '') FROM search_postings w WHERE w.document = d.number);
