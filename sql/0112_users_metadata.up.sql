-- What integrators keep with it: at most 50 texts by name, which the shop never looks into.
ALTER TABLE users
	ADD COLUMN metadata JSON NOT NULL DEFAULT '{}',
	ADD CONSTRAINT ck_users_metadata CHECK (JSON_LENGTH(metadata) <= 50);
