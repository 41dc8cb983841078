-- Written with the change by the server itself, whoever makes it.
CREATE TRIGGER category_slugs_write AFTER UPDATE ON categories FOR EACH ROW
	INSERT INTO category_slugs (slug, category_id) SELECT OLD.slug, OLD.id FROM DUAL WHERE NEW.slug <> OLD.slug
	ON DUPLICATE KEY UPDATE category_id = OLD.id;
