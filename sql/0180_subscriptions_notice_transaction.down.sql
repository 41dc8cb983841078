ALTER TABLE subscriptions
	DROP KEY ix_subscriptions_notice,
	DROP COLUMN notice_transaction;
