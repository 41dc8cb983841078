ALTER TABLE subscriptions
	DROP COLUMN ended_by_customer;
