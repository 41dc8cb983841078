ALTER TABLE report_payment_queue RENAME COLUMN number TO id;
