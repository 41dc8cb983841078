-- Of a transaction that can be paid several times, what was taken first: the provider's id of it.
ALTER TABLE payments ADD COLUMN provider_charge VARCHAR(64) COLLATE utf8mb4_bin NULL;
