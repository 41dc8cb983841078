ALTER TABLE ledger_entries DROP COLUMN merchant_id;
