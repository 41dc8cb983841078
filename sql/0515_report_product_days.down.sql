DROP TABLE report_product_days;
