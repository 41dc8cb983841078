-- What of an imported order was a seller's, where its goods are known by their SKU.
CREATE TABLE imported_parts (
	merchant_id  BINARY(16) NOT NULL,
	order_id     BINARY(16) NOT NULL,
	item_count   INT NOT NULL,
	total_minor  BIGINT NOT NULL,
	-- a seller's, newest first
	CONSTRAINT pk_imported_parts PRIMARY KEY (merchant_id, order_id),
	-- the foreign key's own
	INDEX ix_imported_parts_order (order_id),
	CONSTRAINT fk_imported_parts_merchant FOREIGN KEY (merchant_id) REFERENCES merchants (id) ON DELETE RESTRICT,
	CONSTRAINT fk_imported_parts_order FOREIGN KEY (order_id) REFERENCES imported_orders (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
