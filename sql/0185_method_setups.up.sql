-- Payment methods that are being stored without a payment.  Once its provider has confirmed it, one becomes the payment method of the same id.
CREATE TABLE method_setups (
	id                BINARY(16) NOT NULL,
	user_id           BINARY(16) NULL,
	merchant_id       BINARY(16) NULL,
	owner_id          BINARY(16) GENERATED ALWAYS AS (IFNULL(merchant_id, user_id)) STORED,
	provider          VARCHAR(32) COLLATE utf8mb4_bin NOT NULL,
	type              ENUM('card', 'bank_account', 'mobile_money', 'crypto', 'paypal', 'stripe') NOT NULL,
	status            ENUM('pending', 'stored', 'cancelled', 'expired') NOT NULL DEFAULT 'pending',
	-- the provider's id of it; NULL until it has answered
	setup             VARCHAR(191) COLLATE utf8mb4_bin NULL,
	-- what its owner's browser needs while it is pending
	client_secret     VARBINARY(512) NULL,
	redirect_url      VARCHAR(2048) COLLATE utf8mb4_bin NULL,
	return_url        VARCHAR(1000) COLLATE utf8mb4_bin NOT NULL,
	label             VARCHAR(100) NULL,
	is_default        BOOLEAN NOT NULL DEFAULT FALSE,
	-- what it has become: another method where its owner had stored the same token before
	payment_method_id BINARY(16) NULL,
	declines          INT UNSIGNED NOT NULL DEFAULT 0,
	-- whom it was begun by, as in payments
	risk_address      BINARY(16) NULL,
	risk_network      BINARY(16) NULL,
	expires_at        DATETIME(3) NOT NULL,
	-- when its provider is asked next; NULL once there is nothing left to do
	check_at          DATETIME(3) NULL,
	created_at        DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at        DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
	CONSTRAINT pk_method_setups PRIMARY KEY (id),
	-- what a provider's event is about
	CONSTRAINT uq_method_setups_setup UNIQUE (provider, setup),
	-- how many an owner, an address and a network have begun of late
	INDEX ix_method_setups_owner (owner_id, created_at),
	INDEX ix_method_setups_address (risk_address, created_at),
	INDEX ix_method_setups_network (risk_network, created_at),
	-- whose provider is to be asked next
	INDEX ix_method_setups_check (check_at),
	-- what is purged
	INDEX ix_method_setups_created (created_at),
	CONSTRAINT fk_method_setups_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE RESTRICT,
	CONSTRAINT fk_method_setups_merchant FOREIGN KEY (merchant_id) REFERENCES merchants (id) ON DELETE RESTRICT,
	CONSTRAINT fk_method_setups_method FOREIGN KEY (payment_method_id) REFERENCES payment_methods (id) ON DELETE RESTRICT,
	CONSTRAINT ck_method_setups_owner CHECK ((user_id IS NULL) <> (merchant_id IS NULL)),
	CONSTRAINT ck_method_setups_stored CHECK ((status = 'stored') = (payment_method_id IS NOT NULL)),
	CONSTRAINT ck_method_setups_secret CHECK (status = 'pending' OR (client_secret IS NULL AND redirect_url IS NULL))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
