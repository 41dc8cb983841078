ALTER TABLE products DROP COLUMN rating_sum, DROP COLUMN top_reviews;
