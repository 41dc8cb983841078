ALTER TABLE merchants
	DROP CONSTRAINT ck_merchants_contact,
	DROP CONSTRAINT ck_merchants_slug,
	DROP COLUMN contact,
	DROP COLUMN description,
	DROP COLUMN slug;
