ALTER TABLE reviews DROP COLUMN images;
