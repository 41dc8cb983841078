-- The coupon that an order was placed with, and its code as it was then.
ALTER TABLE orders
	ADD COLUMN coupon_id BINARY(16) NULL,
	ADD COLUMN coupon VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
	-- how often a customer has used a coupon, and how often it was used by all
	ADD INDEX ix_orders_coupon (coupon_id, user_id, status),
	ADD CONSTRAINT fk_orders_coupon FOREIGN KEY (coupon_id) REFERENCES coupons (id) ON DELETE RESTRICT,
	ADD CONSTRAINT ck_orders_coupon CHECK ((coupon_id IS NULL) = (coupon IS NULL));
