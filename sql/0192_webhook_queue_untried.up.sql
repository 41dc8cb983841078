ALTER TABLE webhook_queue
	-- since when the oldest delivery to an endpoint waits that has not been tried
	ADD INDEX ix_webhook_queue_untried (endpoint_id, attempts, created_at);
