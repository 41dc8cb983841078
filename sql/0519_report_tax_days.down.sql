DROP TABLE report_tax_days;
