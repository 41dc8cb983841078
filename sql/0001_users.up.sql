-- Everyone who signs in, whatever the role.  Rows are never deleted: status and deleted_at say that someone has gone.
CREATE TABLE users (
	id              BINARY(16) NOT NULL,
	email           VARCHAR(254) COLLATE utf8mb4_general_ci NOT NULL,
	phone           VARCHAR(16) COLLATE utf8mb4_bin NULL,
	full_name       VARCHAR(150) NOT NULL,
	password_hash   VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NULL,
	role            ENUM('customer', 'shopkeeper', 'account_manager', 'warehouse', 'accountant', 'admin') NOT NULL,
	status          ENUM('active', 'disabled', 'deleted') NOT NULL DEFAULT 'active',
	email_verified  BOOLEAN NOT NULL DEFAULT FALSE,
	phone_verified  BOOLEAN NOT NULL DEFAULT FALSE,
	deleted_at      DATETIME(3) NULL,
	created_at      DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at      DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
	created_by      BINARY(16) NULL,
	updated_by      BINARY(16) NULL,
	CONSTRAINT pk_users PRIMARY KEY (id),
	-- login, and no second account for one address
	CONSTRAINT uq_users_email UNIQUE (email),
	-- no second account for one number
	CONSTRAINT uq_users_phone UNIQUE (phone),
	-- the list of users, by role
	INDEX ix_users_role (role, id),
	CONSTRAINT ck_users_email CHECK (email LIKE '_%@_%'),
	CONSTRAINT ck_users_phone CHECK (phone IS NULL OR phone REGEXP '^[+][1-9][0-9]{6,14}$'),
	CONSTRAINT ck_users_full_name CHECK (full_name <> ''),
	CONSTRAINT ck_users_deleted CHECK ((status = 'deleted') = (deleted_at IS NOT NULL))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
