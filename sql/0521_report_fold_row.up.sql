INSERT INTO report_fold (id) VALUES (1);
