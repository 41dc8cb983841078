DROP TABLE report_payment_queue;
