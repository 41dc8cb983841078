-- What customers have put aside to buy it later.
CREATE TABLE wishlist_items (
	user_id     BINARY(16) NOT NULL,
	product_id  BINARY(16) NOT NULL,
	created_at  DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	CONSTRAINT pk_wishlist_items PRIMARY KEY (user_id, product_id),
	-- a customer's, newest first
	INDEX ix_wishlist_items_newest (user_id, created_at, product_id),
	-- who has a product on it
	INDEX ix_wishlist_items_product (product_id, user_id),
	CONSTRAINT fk_wishlist_items_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
	CONSTRAINT fk_wishlist_items_product FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
