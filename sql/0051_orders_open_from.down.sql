ALTER TABLE orders DROP COLUMN open_from;
