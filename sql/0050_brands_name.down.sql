-- Fails while two brands differ by their marks only.
ALTER TABLE brands MODIFY name VARCHAR(120) NOT NULL;
