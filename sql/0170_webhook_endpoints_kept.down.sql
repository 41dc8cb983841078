ALTER TABLE webhook_endpoints
	DROP COLUMN deleted_at,
	DROP COLUMN enabled_at;
