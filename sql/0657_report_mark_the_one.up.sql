ALTER TABLE report_mark RENAME COLUMN id TO the_one;
