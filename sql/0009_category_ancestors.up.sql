-- Each category with itself (distance 0) and all above it.
CREATE TABLE category_ancestors (
	category_id  BINARY(16) NOT NULL,
	ancestor_id  BINARY(16) NOT NULL,
	distance     TINYINT NOT NULL,
	-- the way up from a category: breadcrumbs, and under which categories a product is listed
	CONSTRAINT pk_category_ancestors PRIMARY KEY (category_id, ancestor_id),
	-- all below a category: moving it, and refusing a cycle
	INDEX ix_category_ancestors_ancestor (ancestor_id, distance, category_id),
	CONSTRAINT fk_category_ancestors_category FOREIGN KEY (category_id) REFERENCES categories (id) ON DELETE CASCADE,
	CONSTRAINT fk_category_ancestors_ancestor FOREIGN KEY (ancestor_id) REFERENCES categories (id) ON DELETE CASCADE,
	CONSTRAINT ck_category_ancestors_distance CHECK (distance BETWEEN 0 AND 15),
	CONSTRAINT ck_category_ancestors_self CHECK ((category_id = ancestor_id) = (distance = 0))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
