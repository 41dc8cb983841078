CREATE TABLE brands (
	id           BINARY(16) NOT NULL,
	name         VARCHAR(120) NOT NULL,
	slug         VARCHAR(150) COLLATE utf8mb4_bin NOT NULL,
	description  VARCHAR(2000) NOT NULL DEFAULT '',
	version      INT UNSIGNED NOT NULL DEFAULT 1,
	created_at   DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at   DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
	created_by   BINARY(16) NULL,
	updated_by   BINARY(16) NULL,
	CONSTRAINT pk_brands PRIMARY KEY (id),
	-- the list of brands by name; two brands of one name would be one brand
	CONSTRAINT uq_brands_name UNIQUE (name),
	-- a brand by its slug
	CONSTRAINT uq_brands_slug UNIQUE (slug),
	CONSTRAINT ck_brands_name CHECK (name <> ''),
	CONSTRAINT ck_brands_slug CHECK (slug <> '')
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
