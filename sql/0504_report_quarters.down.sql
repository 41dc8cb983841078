DROP TABLE report_quarters;
