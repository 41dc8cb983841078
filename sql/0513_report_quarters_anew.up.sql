TRUNCATE TABLE report_quarters;
