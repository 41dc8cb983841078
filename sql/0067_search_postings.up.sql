-- The words of each document with their scores, and what a search may be narrowed to: merchant, brand and the three uppermost
-- categories by four bytes of their ids (0: none), which is short, and the listing tells whether it is the right one.  Each index
-- is read from its best score on, at most some thousands of rows, however many products have the word.
CREATE TABLE search_postings (
	document     INT UNSIGNED NOT NULL,
	word         INT UNSIGNED NOT NULL,
	score        SMALLINT UNSIGNED NOT NULL,
	merchant     INT UNSIGNED NOT NULL,
	brand        INT UNSIGNED NOT NULL,
	category_1   INT UNSIGNED NOT NULL,
	category_2   INT UNSIGNED NOT NULL,
	category_3   INT UNSIGNED NOT NULL,
	-- all words of a document that changes, and whether it has a further word
	CONSTRAINT pk_search_postings PRIMARY KEY (document, word),
	-- who has a word, the best first
	INDEX ix_search_postings_word (word, score DESC),
	-- the same of one merchant
	INDEX ix_search_postings_merchant (word, merchant, score DESC),
	-- the same of one brand
	INDEX ix_search_postings_brand (word, brand, score DESC),
	-- the same of one category on top
	INDEX ix_search_postings_category_1 (word, category_1, score DESC),
	-- the same of one below it
	INDEX ix_search_postings_category_2 (word, category_2, score DESC),
	-- the same of one on the third level
	INDEX ix_search_postings_category_3 (word, category_3, score DESC)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
