ALTER TABLE payments ADD COLUMN stored_method VARCHAR(255) COLLATE utf8mb4_bin NULL;
