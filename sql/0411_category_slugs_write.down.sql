DROP TRIGGER category_slugs_write;
