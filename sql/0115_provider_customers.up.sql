-- Who an owner of payment methods is to a provider: the id of the customer that it has of them.
CREATE TABLE provider_customers (
	owner_id     BINARY(16) NOT NULL,
	provider     VARCHAR(32) COLLATE utf8mb4_bin NOT NULL,
	customer     VARCHAR(191) COLLATE utf8mb4_bin NOT NULL,
	created_at   DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	CONSTRAINT pk_provider_customers PRIMARY KEY (owner_id, provider),
	-- a provider's customer is one owner's alone
	CONSTRAINT uq_provider_customers_customer UNIQUE (provider, customer)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
