ALTER TABLE orders DROP INDEX ix_orders_user_open, DROP INDEX ix_orders_open_from;
