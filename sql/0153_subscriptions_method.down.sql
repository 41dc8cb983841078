ALTER TABLE subscriptions
	DROP FOREIGN KEY fk_subscriptions_method,
	DROP INDEX ix_subscriptions_method;
