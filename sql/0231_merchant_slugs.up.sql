-- Every slug that a shop has or had: links to an old one still find it, and no other shop can take it.
CREATE TABLE merchant_slugs (
	slug         VARCHAR(150) COLLATE utf8mb4_bin NOT NULL,
	merchant_id  BINARY(16) NOT NULL,
	created_at   DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	-- a shop by its slug
	CONSTRAINT pk_merchant_slugs PRIMARY KEY (slug),
	-- the slugs under which a shop's page is kept in the cache
	INDEX ix_merchant_slugs_merchant (merchant_id),
	CONSTRAINT fk_merchant_slugs_merchant FOREIGN KEY (merchant_id) REFERENCES merchants (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
