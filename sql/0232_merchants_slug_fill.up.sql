-- As store/slug.c makes them, but for the number behind the second of a name, which is the end of its id here.
UPDATE merchants m JOIN (SELECT n.id, n.base, n.base IN ('export', 'import', 'search', 'suggest', 'tree', '') OR
	ROW_NUMBER() OVER (PARTITION BY n.base ORDER BY n.id) > 1 AS marked
	FROM (SELECT id, LEFT(TRIM(BOTH '-' FROM REGEXP_REPLACE(REPLACE(REPLACE(LOWER(shop_name), '''', ''), '’', ''),
		'[^\\p{L}\\p{N}\\p{M}]+', '-')), 120) AS base FROM merchants) n) s ON s.id = m.id
SET m.updated_at = m.updated_at, m.slug = IF(s.marked, CONCAT(IF(s.base = '', 'shop', s.base), '-', LOWER(HEX(SUBSTRING(m.id, 9)))), s.base)
WHERE m.slug IS NULL;
