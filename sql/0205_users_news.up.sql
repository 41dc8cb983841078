-- Letters that nobody has to get, as of what is back in stock: until the user wants none.
ALTER TABLE users
	ADD COLUMN news BOOLEAN NOT NULL DEFAULT TRUE AFTER locale;
