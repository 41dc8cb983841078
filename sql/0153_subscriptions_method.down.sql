ALTER TABLE subscriptions
	DROP CONSTRAINT fk_subscriptions_method,
	DROP INDEX ix_subscriptions_method;
