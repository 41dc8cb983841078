-- The slugs that categories had before: links to an old one still find it.  A category that has the slug now goes first.
CREATE TABLE category_slugs (
	slug         VARCHAR(150) COLLATE utf8mb4_bin NOT NULL,
	category_id  BINARY(16) NOT NULL,
	created_at   DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	-- the category that had it last
	CONSTRAINT pk_category_slugs PRIMARY KEY (slug),
	-- the foreign key's own
	INDEX ix_category_slugs_category (category_id),
	CONSTRAINT fk_category_slugs_category FOREIGN KEY (category_id) REFERENCES categories (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
