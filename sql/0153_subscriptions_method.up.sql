-- The customer's stored method, by which periods are charged.
ALTER TABLE subscriptions
	-- what a method is charged for
	ADD INDEX ix_subscriptions_method (payment_method_id),
	ADD CONSTRAINT fk_subscriptions_method FOREIGN KEY (payment_method_id) REFERENCES payment_methods (id) ON DELETE RESTRICT;
