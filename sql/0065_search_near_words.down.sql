DROP TABLE search_near_words;
