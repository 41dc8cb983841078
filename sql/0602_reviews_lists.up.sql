-- Reviews of a shop's products, and those that are hidden or not, newest first.
ALTER TABLE reviews
	ADD INDEX ix_reviews_merchant (merchant_id, id),
	ADD INDEX ix_reviews_hidden (is_hidden, id);
