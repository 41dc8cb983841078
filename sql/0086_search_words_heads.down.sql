ALTER TABLE search_words
	DROP INDEX ix_search_words_head2,
	DROP INDEX ix_search_words_head3,
	DROP INDEX ix_search_words_head4,
	DROP COLUMN head2,
	DROP COLUMN head3,
	DROP COLUMN head4;
