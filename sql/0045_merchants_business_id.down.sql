ALTER TABLE merchants DROP CONSTRAINT uq_merchants_business_id, DROP COLUMN business_key;
