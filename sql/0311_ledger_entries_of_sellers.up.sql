-- For whose goods an entry is; NULL: nobody's, as shipping, or posted before this was told.
ALTER TABLE ledger_entries ADD COLUMN merchant_id BINARY(16) NULL;
