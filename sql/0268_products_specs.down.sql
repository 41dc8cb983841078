ALTER TABLE products DROP COLUMN specs;
