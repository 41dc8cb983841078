ALTER TABLE report_payment_queue RENAME COLUMN id TO number;
