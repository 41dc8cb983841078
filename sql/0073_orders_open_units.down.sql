ALTER TABLE orders
	ADD INDEX ix_orders_user_open (user_id, status),
	DROP INDEX ix_orders_user_units;
