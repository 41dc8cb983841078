-- What a shop's own page shows.  The slug is the newest of merchant_slugs; NULL: made by a program that did not know it.
ALTER TABLE merchants
	ADD COLUMN slug VARCHAR(150) COLLATE utf8mb4_bin NULL AFTER shop_name,
	ADD COLUMN description VARCHAR(5000) NOT NULL DEFAULT '' AFTER slug,
	ADD COLUMN contact VARCHAR(300) NULL AFTER description,
	ADD CONSTRAINT ck_merchants_slug CHECK (slug <> ''),
	ADD CONSTRAINT ck_merchants_contact CHECK (contact <> '');
