-- The provider's dispute whose money the refund is: what the provider took for that stands in the books as this refund.
ALTER TABLE refunds ADD COLUMN provider_dispute_id VARCHAR(191) COLLATE utf8mb4_bin NULL;
