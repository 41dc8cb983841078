ALTER TABLE payments DROP COLUMN stored_method;
