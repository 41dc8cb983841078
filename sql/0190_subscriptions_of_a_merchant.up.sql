ALTER TABLE subscriptions
	-- a merchant's subscriptions of a status, newest first
	ADD INDEX ix_subscriptions_merchant_status (merchant_id, status, id);
