DROP TABLE report_merchant_days;
