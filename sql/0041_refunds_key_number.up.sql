-- Which of its idempotency keys a refund uses: raised when the provider has answered 5xx, which it would replay.
ALTER TABLE refunds ADD COLUMN key_number INT NOT NULL DEFAULT 0 AFTER idempotency_key
