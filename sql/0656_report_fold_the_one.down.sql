ALTER TABLE report_fold RENAME COLUMN the_one TO id;
