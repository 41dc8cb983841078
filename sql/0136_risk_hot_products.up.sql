-- Products that sell far better than others these days: what is easily sold on.
CREATE TABLE risk_hot_products (
	product_id  BINARY(16) NOT NULL,
	orders      BIGINT NOT NULL,
	updated_at  DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	CONSTRAINT pk_risk_hot_products PRIMARY KEY (product_id),
	CONSTRAINT fk_risk_hot_products_product FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
