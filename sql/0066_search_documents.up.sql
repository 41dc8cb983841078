-- Each product that is listed, as the search knows it: a number for its postings, and what tells whether they are still right.
CREATE TABLE search_documents (
	number      INT UNSIGNED NOT NULL AUTO_INCREMENT,
	product_id  BINARY(16) NOT NULL,
	digest      BIGINT NOT NULL,
	CONSTRAINT pk_search_documents PRIMARY KEY (number),
	-- the document of a product that changes
	CONSTRAINT uq_search_documents_product UNIQUE (product_id),
	CONSTRAINT fk_search_documents_product FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE RESTRICT
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
