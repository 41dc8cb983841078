DROP TABLE webhook_queue;
