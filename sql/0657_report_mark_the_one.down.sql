ALTER TABLE report_mark RENAME COLUMN the_one TO id;
