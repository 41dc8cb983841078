ALTER TABLE webhook_queue DROP INDEX ix_webhook_queue_untried;
