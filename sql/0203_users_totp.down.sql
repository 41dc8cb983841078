ALTER TABLE users
	DROP CONSTRAINT ck_users_totp,
	DROP COLUMN totp_step,
	DROP COLUMN totp_since,
	DROP COLUMN totp_secret;
