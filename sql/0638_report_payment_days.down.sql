DROP TABLE report_payment_days;
