DROP TABLE webhook_collisions;
