-- Keys with which a merchant's own servers call the API.  The key itself is shown once and never stored: what is sent is found by its
-- hash.  A key that was exchanged for a new one is valid until expires_at.
CREATE TABLE api_keys (
	id            BINARY(16) NOT NULL,
	merchant_id   BINARY(16) NOT NULL,
	name          VARCHAR(100) NOT NULL,
	-- names of permissions, with a space between two
	scopes        VARCHAR(1000) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	-- how the key begins, for people to know it by
	prefix        VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	-- SHA-256 of the whole key
	key_hash      BINARY(32) NOT NULL,
	replaced_by   BINARY(16) NULL,
	expires_at    DATETIME(3) NULL,
	revoked_at    DATETIME(3) NULL,
	-- true to five minutes
	last_used_at  DATETIME(3) NULL,
	created_at    DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at    DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
	created_by    BINARY(16) NULL,
	updated_by    BINARY(16) NULL,
	CONSTRAINT pk_api_keys PRIMARY KEY (id),
	-- whose key was sent
	CONSTRAINT uq_api_keys_hash UNIQUE (key_hash),
	-- a merchant's keys, newest first
	INDEX ix_api_keys_merchant (merchant_id, id),
	-- for its foreign key
	INDEX ix_api_keys_replaced_by (replaced_by),
	CONSTRAINT fk_api_keys_merchant FOREIGN KEY (merchant_id) REFERENCES merchants (id) ON DELETE RESTRICT,
	CONSTRAINT fk_api_keys_replaced_by FOREIGN KEY (replaced_by) REFERENCES api_keys (id) ON DELETE RESTRICT,
	CONSTRAINT ck_api_keys_name CHECK (name <> ''),
	CONSTRAINT ck_api_keys_scopes CHECK (scopes <> ''),
	CONSTRAINT ck_api_keys_replaced CHECK (replaced_by IS NULL OR expires_at IS NOT NULL)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
