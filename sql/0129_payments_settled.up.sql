-- The payments of a period, which a provider's settlement file should have.
ALTER TABLE payments ADD INDEX ix_payments_settled (provider, succeeded_at, id);
