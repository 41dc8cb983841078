-- What its reviews come to: the sum of the ratings that rating_average and rating_count come from, and the most liked
-- reviews as the product's page shows them.
ALTER TABLE products
	ADD COLUMN rating_sum BIGINT NOT NULL DEFAULT 0 AFTER rating_count,
	ADD COLUMN top_reviews JSON NOT NULL DEFAULT '[]' AFTER rating_sum;
