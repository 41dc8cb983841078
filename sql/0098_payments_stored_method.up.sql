-- What is charged while the payer is not there, in the provider's own words; NULL where the payer pays.
ALTER TABLE payments ADD COLUMN stored_method VARCHAR(255) COLLATE utf8mb4_bin NULL;
