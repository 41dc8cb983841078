-- The words of the categories' names, folded, by which they are suggested.
CREATE TABLE search_categories (
	word         VARBINARY(64) NOT NULL,
	category_id  BINARY(16) NOT NULL,
	-- the categories that have a word, or one that begins with what was typed
	CONSTRAINT pk_search_categories PRIMARY KEY (word, category_id),
	-- all words of a category that changes
	INDEX ix_search_categories_category (category_id),
	CONSTRAINT fk_search_categories_category FOREIGN KEY (category_id) REFERENCES categories (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
