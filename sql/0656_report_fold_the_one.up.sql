ALTER TABLE report_fold RENAME COLUMN id TO the_one;
