-- How many units an order holds, so that what is open of an account is added up from an index.  NULL: from before it was kept.
ALTER TABLE orders ADD COLUMN units INT NULL AFTER open_from;
