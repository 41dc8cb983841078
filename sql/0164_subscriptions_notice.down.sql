ALTER TABLE subscriptions
	DROP COLUMN notice_try_at,
	DROP COLUMN notice_reference,
	DROP COLUMN notice_number;
