DELETE FROM report_payment_queue;
