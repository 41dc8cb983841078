-- What an account's orders hold: when one more is placed, from the index alone.
ALTER TABLE orders
	ADD INDEX ix_orders_user_units (user_id, status, units),
	DROP INDEX ix_orders_user_open;
