DROP TABLE report_carts;
