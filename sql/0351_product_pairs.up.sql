-- How many paid orders hold both products: each pair has two rows, one for either side.
CREATE TABLE product_pairs (
	product_id    BINARY(16) NOT NULL,
	other_id      BINARY(16) NOT NULL,
	orders_count  INT NOT NULL,
	CONSTRAINT pk_product_pairs PRIMARY KEY (product_id, other_id),
	-- what is bought with a product, the most often first
	INDEX ix_product_pairs_count (product_id, orders_count, other_id),
	-- the foreign key's own
	INDEX ix_product_pairs_other (other_id),
	CONSTRAINT fk_product_pairs_product FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE,
	CONSTRAINT fk_product_pairs_other FOREIGN KEY (other_id) REFERENCES products (id) ON DELETE CASCADE,
	CONSTRAINT ck_product_pairs_count CHECK (orders_count >= 0)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
