DROP TABLE provider_customers;
