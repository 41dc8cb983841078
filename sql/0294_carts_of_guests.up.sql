-- A guest's cart is kept for some days after it was last changed.
ALTER TABLE carts
	ADD COLUMN expires_at DATETIME(3) NULL AFTER guest_token_hash,
	-- those that have expired
	ADD INDEX ix_carts_expires (expires_at);
