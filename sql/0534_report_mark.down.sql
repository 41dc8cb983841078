DROP TABLE report_mark;
