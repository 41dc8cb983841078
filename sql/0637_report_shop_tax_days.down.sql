DROP TABLE report_shop_tax_days;
