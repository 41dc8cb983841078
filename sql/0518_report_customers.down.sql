DROP TABLE report_customers;
