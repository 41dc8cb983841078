ALTER TABLE carts
	DROP INDEX ix_carts_expires,
	DROP COLUMN expires_at;
