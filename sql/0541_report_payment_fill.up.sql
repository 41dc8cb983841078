-- What ended before.
INSERT INTO report_payment_queue (payment_id) SELECT id FROM payments WHERE status NOT IN ('pending', 'requires_action', 'processing');
