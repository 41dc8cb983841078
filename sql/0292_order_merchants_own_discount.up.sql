-- What of a part's discount its seller bears; the shop adds the rest.
ALTER TABLE order_merchants
	ADD COLUMN own_discount_minor BIGINT NOT NULL DEFAULT 0,
	ADD CONSTRAINT ck_order_merchants_own_discount CHECK (own_discount_minor BETWEEN 0 AND discount_minor);
