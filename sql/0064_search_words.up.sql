-- The words of the products that are found, folded (search_text.h), and about how many products have each.
CREATE TABLE search_words (
	number    INT UNSIGNED NOT NULL AUTO_INCREMENT,
	text      VARBINARY(64) NOT NULL,
	products  INT UNSIGNED NOT NULL DEFAULT 1,
	-- the words of their numbers: what is near a word, and the recount
	CONSTRAINT pk_search_words PRIMARY KEY (number),
	-- a word, and the words that begin with what was typed
	CONSTRAINT uq_search_words_text UNIQUE (text)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
