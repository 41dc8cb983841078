-- A bank may send back what was refunded, days later: then it is owed again.
ALTER TABLE refunds MODIFY status ENUM('pending', 'succeeded', 'failed', 'bounced') NOT NULL DEFAULT 'pending';
