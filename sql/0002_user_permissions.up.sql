-- What one person may do beyond what the role grants.
CREATE TABLE user_permissions (
	user_id     BINARY(16) NOT NULL,
	permission  VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	created_at  DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	created_by  BINARY(16) NULL,
	-- the permissions of the one who signed in
	CONSTRAINT pk_user_permissions PRIMARY KEY (user_id, permission),
	CONSTRAINT fk_user_permissions_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
	CONSTRAINT ck_user_permissions_permission CHECK (permission REGEXP '^[a-z_]+:[a-z_]+$')
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
