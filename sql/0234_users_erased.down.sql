-- Fails while an account has the address of a deleted one.
ALTER TABLE users
	DROP CONSTRAINT ck_users_erased,
	DROP INDEX ix_users_erased,
	DROP CONSTRAINT uq_users_phone,
	DROP CONSTRAINT uq_users_email,
	ADD CONSTRAINT uq_users_email UNIQUE (email),
	ADD CONSTRAINT uq_users_phone UNIQUE (phone),
	DROP COLUMN live_marker,
	DROP COLUMN erased_at;
