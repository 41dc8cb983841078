-- What an account's orders hold, and how many came from an address: when one more is placed.
ALTER TABLE orders
	ADD INDEX ix_orders_user_open (user_id, status),
	ADD INDEX ix_orders_open_from (open_from);
