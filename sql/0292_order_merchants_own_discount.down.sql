ALTER TABLE order_merchants
	DROP CONSTRAINT ck_order_merchants_own_discount,
	DROP COLUMN own_discount_minor;
