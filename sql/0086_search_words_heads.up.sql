-- The most used words of a short beginning, however many words begin so.
ALTER TABLE search_words
	ADD COLUMN head2 VARBINARY(2) GENERATED ALWAYS AS (LEFT(text, 2)) VIRTUAL,
	ADD COLUMN head3 VARBINARY(3) GENERATED ALWAYS AS (LEFT(text, 3)) VIRTUAL,
	ADD COLUMN head4 VARBINARY(4) GENERATED ALWAYS AS (LEFT(text, 4)) VIRTUAL,
	ADD INDEX ix_search_words_head2 (head2, products),
	ADD INDEX ix_search_words_head3 (head3, products),
	ADD INDEX ix_search_words_head4 (head4, products);
