DROP TABLE report_payment_facts;
