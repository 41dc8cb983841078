-- Refused while somebody has none.
ALTER TABLE users
	DROP CONSTRAINT ck_users_reachable,
	MODIFY COLUMN email VARCHAR(254) COLLATE utf8mb4_general_ci NOT NULL;
