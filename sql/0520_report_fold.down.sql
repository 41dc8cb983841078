DROP TABLE report_fold;
