-- What a product is made of, how large, how strong: texts by name, shown and found.
ALTER TABLE products ADD COLUMN specs JSON NOT NULL DEFAULT '{}' AFTER options;
