-- The foreign key needs an index of its own again, as it had before.
ALTER TABLE reviews
	ADD INDEX fk_reviews_merchant (merchant_id),
	DROP INDEX ix_reviews_merchant,
	DROP INDEX ix_reviews_hidden;
