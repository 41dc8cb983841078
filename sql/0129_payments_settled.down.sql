ALTER TABLE payments DROP INDEX ix_payments_settled;
