-- Who deletes an account gives its address and number back at once; what was kept of the person is erased later.
ALTER TABLE users
	ADD COLUMN erased_at DATETIME(3) NULL AFTER deleted_at,
	ADD COLUMN live_marker TINYINT GENERATED ALWAYS AS (IF(deleted_at IS NULL, 1, NULL)) VIRTUAL,
	DROP CONSTRAINT uq_users_email,
	DROP CONSTRAINT uq_users_phone,
	-- login, and no second account for one address
	ADD CONSTRAINT uq_users_email UNIQUE (email, live_marker),
	-- no second account for one number
	ADD CONSTRAINT uq_users_phone UNIQUE (phone, live_marker),
	-- deleted accounts that are to be erased
	ADD INDEX ix_users_erased (status, erased_at, deleted_at),
	ADD CONSTRAINT ck_users_erased CHECK (erased_at IS NULL OR (status = 'deleted' AND phone IS NULL AND password_hash IS NULL));
