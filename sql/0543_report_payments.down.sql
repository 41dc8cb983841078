DROP TABLE report_payments;
