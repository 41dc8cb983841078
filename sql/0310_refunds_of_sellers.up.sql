-- Whose part of an order a refund is for, and who bears it; NULL: all sellers and the shipping, in proportion.
ALTER TABLE refunds ADD COLUMN merchant_id BINARY(16) NULL;
