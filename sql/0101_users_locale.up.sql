-- The language that we write to them in (BCP 47: en, pt-BR); NULL: the shop's.
ALTER TABLE users
	ADD COLUMN locale VARCHAR(35) CHARACTER SET ascii COLLATE ascii_bin NULL AFTER phone_verified,
	ADD CONSTRAINT ck_users_locale CHECK (locale REGEXP '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$');
