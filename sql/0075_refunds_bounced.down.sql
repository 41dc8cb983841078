ALTER TABLE refunds MODIFY status ENUM('pending', 'succeeded', 'failed') NOT NULL DEFAULT 'pending';
