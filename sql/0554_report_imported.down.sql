DROP TABLE report_imported;
