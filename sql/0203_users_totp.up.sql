-- The second factor: its secret, sealed; since when it is asked for (NULL: not yet confirmed); the last time step whose code was used.
ALTER TABLE users
	ADD COLUMN totp_secret VARBINARY(64) NULL AFTER password_hash,
	ADD COLUMN totp_since DATETIME(3) NULL AFTER totp_secret,
	ADD COLUMN totp_step BIGINT NULL AFTER totp_since,
	ADD CONSTRAINT ck_users_totp CHECK (totp_since IS NULL OR totp_secret IS NOT NULL);
