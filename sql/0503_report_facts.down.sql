DROP TABLE report_facts;
