-- Of the categories that were there before.
UPDATE categories c JOIN (SELECT a.category_id, MIN(up.is_active) AS shown FROM category_ancestors a
	JOIN categories up ON up.id = a.ancestor_id GROUP BY a.category_id) s ON s.category_id = c.id
SET c.updated_at = c.updated_at, c.is_shown = s.shown WHERE c.is_shown <> s.shown;
