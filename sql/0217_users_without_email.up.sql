-- Who signs in by phone has no e-mail address until they give one; everybody can be reached by one of the two.
ALTER TABLE users
	MODIFY COLUMN email VARCHAR(254) COLLATE utf8mb4_general_ci NULL,
	ADD CONSTRAINT ck_users_reachable CHECK (email IS NOT NULL OR phone IS NOT NULL OR status = 'deleted');
