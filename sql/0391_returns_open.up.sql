-- Nor those that are being returned.
ALTER TABLE returns ADD INDEX ix_returns_open (merchant_id, status);
