-- The tree of categories.  No cycles: a new parent is refused when category_ancestors has it below.
CREATE TABLE categories (
	id          BINARY(16) NOT NULL,
	parent_id   BINARY(16) NULL,
	name        VARCHAR(120) NOT NULL,
	slug        VARCHAR(150) COLLATE utf8mb4_bin NOT NULL,
	position    INT NOT NULL DEFAULT 0,
	depth       TINYINT NOT NULL,
	is_active   BOOLEAN NOT NULL DEFAULT TRUE,
	version     INT UNSIGNED NOT NULL DEFAULT 1,
	created_at  DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at  DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
	created_by  BINARY(16) NULL,
	updated_by  BINARY(16) NULL,
	CONSTRAINT pk_categories PRIMARY KEY (id),
	-- a category by its slug
	CONSTRAINT uq_categories_slug UNIQUE (slug),
	-- the children of a category in their order, and whether there are any before it is deleted
	INDEX ix_categories_parent (parent_id, position, name),
	CONSTRAINT fk_categories_parent FOREIGN KEY (parent_id) REFERENCES categories (id) ON DELETE RESTRICT,
	CONSTRAINT ck_categories_name CHECK (name <> ''),
	CONSTRAINT ck_categories_slug CHECK (slug <> ''),
	CONSTRAINT ck_categories_parent CHECK (parent_id <> id),
	CONSTRAINT ck_categories_depth CHECK (depth BETWEEN 1 AND 16),
	CONSTRAINT ck_categories_root CHECK ((parent_id IS NULL) = (depth = 1))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
