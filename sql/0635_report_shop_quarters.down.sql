DROP TABLE report_shop_quarters;
