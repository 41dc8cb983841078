INSERT INTO report_fold (the_one) VALUES (1);
