-- The code of the coupon that the next order of this cart is to have: checked when it is entered, and again by the order.
ALTER TABLE carts ADD COLUMN coupon VARCHAR(32) NULL;
