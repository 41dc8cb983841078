-- Lists as somebody wants to see them again: filters, columns and order as the list's address has them.
CREATE TABLE saved_views (
	id           BINARY(16) NOT NULL,
	user_id      BINARY(16) NOT NULL,
	-- of a shopkeeper's view, whose shop it is of; NULL: of the staff
	merchant_id  BINARY(16) NULL,
	list         VARCHAR(32) NOT NULL,
	name         VARCHAR(80) NOT NULL,
	query        VARCHAR(2000) NOT NULL,
	-- seen by the whole staff, or by all of the shop
	shared       BOOLEAN NOT NULL DEFAULT FALSE,
	created_at   DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	CONSTRAINT pk_saved_views PRIMARY KEY (id),
	-- somebody's own, and one of a name a list
	CONSTRAINT uq_saved_views_name UNIQUE (user_id, list, name),
	-- those that a shop or the staff share
	INDEX ix_saved_views_shared (shared, merchant_id),
	CONSTRAINT fk_saved_views_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
	CONSTRAINT fk_saved_views_merchant FOREIGN KEY (merchant_id) REFERENCES merchants (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
