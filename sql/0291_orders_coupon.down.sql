ALTER TABLE orders
	DROP CONSTRAINT ck_orders_coupon,
	DROP FOREIGN KEY fk_orders_coupon,
	DROP INDEX ix_orders_coupon,
	DROP COLUMN coupon,
	DROP COLUMN coupon_id;
