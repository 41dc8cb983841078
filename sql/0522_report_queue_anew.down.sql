TRUNCATE TABLE report_facts;
