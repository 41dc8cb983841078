DROP TABLE report_product_months;
