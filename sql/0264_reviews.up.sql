-- What buyers say of a product: one review of each.  user_name is as it was when they wrote it; user_id and order_id are NULL
-- where nobody is known any more.
CREATE TABLE reviews (
	id             BINARY(16) NOT NULL,
	product_id     BINARY(16) NOT NULL,
	merchant_id    BINARY(16) NOT NULL,
	user_id        BINARY(16) NULL,
	order_id       BINARY(16) NULL,
	user_name      VARCHAR(160) NOT NULL,
	rating         TINYINT NOT NULL,
	title          VARCHAR(150) NULL,
	text           TEXT NULL,
	is_hidden      BOOLEAN NOT NULL DEFAULT FALSE,
	-- why a moderator has hidden it
	hidden_reason  VARCHAR(500) NULL,
	likes_count    INT NOT NULL DEFAULT 0,
	replies_count  INT NOT NULL DEFAULT 0,
	version        INT UNSIGNED NOT NULL DEFAULT 1,
	created_at     DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at     DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
	updated_by     BINARY(16) NULL,
	CONSTRAINT pk_reviews PRIMARY KEY (id),
	-- one of each user and product
	CONSTRAINT uq_reviews_once UNIQUE (product_id, user_id),
	-- a product's reviews, newest first
	INDEX ix_reviews_newest (product_id, id),
	-- the same, the most liked first
	INDEX ix_reviews_likes (product_id, likes_count, id),
	-- the same by rating
	INDEX ix_reviews_rating (product_id, rating, id),
	-- a user's own
	INDEX ix_reviews_user (user_id, id),
	CONSTRAINT fk_reviews_product FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE RESTRICT,
	CONSTRAINT fk_reviews_merchant FOREIGN KEY (merchant_id) REFERENCES merchants (id) ON DELETE RESTRICT,
	CONSTRAINT fk_reviews_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE SET NULL,
	CONSTRAINT fk_reviews_order FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE SET NULL,
	CONSTRAINT ck_reviews_rating CHECK (rating BETWEEN 1 AND 5),
	CONSTRAINT ck_reviews_counts CHECK (likes_count >= 0 AND replies_count >= 0),
	CONSTRAINT ck_reviews_hidden CHECK (is_hidden OR hidden_reason IS NULL)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
