ALTER TABLE payouts DROP INDEX ix_payouts_currency;
