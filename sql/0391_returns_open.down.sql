ALTER TABLE returns DROP INDEX ix_returns_open;
