-- What a customer or a merchant can be charged by while nobody is there.  The provider's token, with its own name of the owner, stands in
-- `sealed` only, bound to the row and its owner; token_digest (keyed, too) tells that a token is stored already.
CREATE TABLE payment_methods (
	id               BINARY(16) NOT NULL,
	user_id          BINARY(16) NULL,
	merchant_id      BINARY(16) NULL,
	owner_id         BINARY(16) GENERATED ALWAYS AS (IFNULL(merchant_id, user_id)) STORED,
	type             ENUM('card', 'bank_account', 'mobile_money', 'crypto', 'paypal', 'stripe') NOT NULL,
	provider         VARCHAR(32) COLLATE utf8mb4_bin NOT NULL,
	-- NULL once it was forgotten
	sealed           VARBINARY(2048) NULL,
	sealed_with      VARCHAR(64) COLLATE utf8mb4_bin NULL,
	token_digest     BINARY(32) NULL,
	label            VARCHAR(100) NULL,
	expires_at       DATETIME(3) NULL,
	-- why it is charged no more, though it has not expired
	disabled_reason  VARCHAR(64) COLLATE utf8mb4_bin NULL,
	is_default       BOOLEAN NOT NULL DEFAULT FALSE,
	version          INT UNSIGNED NOT NULL DEFAULT 1,
	deleted_at       DATETIME(3) NULL,
	-- when its token is to be forgotten, here and at the provider
	forget_at        DATETIME(3) NULL,
	created_at       DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at       DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
	created_by       BINARY(16) NULL,
	updated_by       BINARY(16) NULL,
	-- 1 while the row is there, and on the default; else NULL, which a unique key does not count
	kept_marker      TINYINT GENERATED ALWAYS AS (IF(deleted_at IS NULL, 1, NULL)) VIRTUAL,
	default_marker   TINYINT GENERATED ALWAYS AS (IF(is_default AND deleted_at IS NULL, 1, NULL)) VIRTUAL,
	CONSTRAINT pk_payment_methods PRIMARY KEY (id),
	-- at most one default of an owner
	CONSTRAINT uq_payment_methods_default UNIQUE (owner_id, default_marker),
	-- a token that an owner stores twice is the same method
	CONSTRAINT uq_payment_methods_token UNIQUE (owner_id, provider, token_digest, kept_marker),
	-- an owner's methods, newest first
	INDEX ix_payment_methods_owner (owner_id, deleted_at, id),
	-- what a provider's event is about
	INDEX ix_payment_methods_digest (provider, token_digest),
	-- what is sealed with a former key; how many rows each key has
	INDEX ix_payment_methods_key (sealed_with, id),
	-- what is to be forgotten next
	INDEX ix_payment_methods_forget (forget_at),
	CONSTRAINT fk_payment_methods_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE RESTRICT,
	CONSTRAINT fk_payment_methods_merchant FOREIGN KEY (merchant_id) REFERENCES merchants (id) ON DELETE RESTRICT,
	CONSTRAINT ck_payment_methods_owner CHECK ((user_id IS NULL) <> (merchant_id IS NULL)),
	CONSTRAINT ck_payment_methods_sealed CHECK ((sealed IS NULL) = (sealed_with IS NULL) AND (sealed IS NULL) = (token_digest IS NULL)),
	CONSTRAINT ck_payment_methods_kept CHECK (sealed IS NOT NULL OR deleted_at IS NOT NULL)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
