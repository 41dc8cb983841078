ALTER TABLE users
	DROP CONSTRAINT ck_users_metadata,
	DROP COLUMN metadata;
