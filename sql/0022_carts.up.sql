-- One cart a user; a guest's belongs to whoever has the token.
CREATE TABLE carts (
	id                BINARY(16) NOT NULL,
	user_id           BINARY(16) NULL,
	guest_token_hash  BINARY(32) NULL,
	created_at        DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at        DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
	CONSTRAINT pk_carts PRIMARY KEY (id),
	-- the user's cart
	CONSTRAINT uq_carts_user UNIQUE (user_id),
	-- the guest's cart
	CONSTRAINT uq_carts_guest UNIQUE (guest_token_hash),
	CONSTRAINT fk_carts_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
	CONSTRAINT ck_carts_owner CHECK ((user_id IS NULL) <> (guest_token_hash IS NULL))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
