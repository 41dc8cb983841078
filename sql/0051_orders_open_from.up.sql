-- Where an order was placed from, for as long as it waits to be paid or confirmed.
ALTER TABLE orders ADD COLUMN open_from VARCHAR(49) CHARACTER SET ascii COLLATE ascii_bin NULL AFTER expires_at;
