-- Whose account it is: a provider's (clearing), who collects cash (carrier), a merchant's; the shop's own accounts have no
-- owner.  `fee` is what providers keep of payments, `discount` what the shop adds to them; `unapplied` holds money that came for
-- nothing we could sell, until it is back.
CREATE TABLE ledger_accounts (
	id           BINARY(16) NOT NULL,
	kind         ENUM('clearing', 'carrier', 'merchant', 'commission', 'tax', 'shipping', 'fee', 'discount',
	             'unapplied') NOT NULL,
	provider     VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
	merchant_id  BINARY(16) NULL,
	currency     CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	created_at   DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	-- the one of the two that is not NULL, for a unique key that no NULL may slip through
	owner        VARBINARY(32) GENERATED ALWAYS AS (COALESCE(merchant_id, provider, '')) VIRTUAL,
	CONSTRAINT pk_ledger_accounts PRIMARY KEY (id),
	-- the account to post to
	CONSTRAINT uq_ledger_accounts_owner UNIQUE (kind, owner, currency),
	-- lets an entry's foreign key hold the entry to its account's currency
	CONSTRAINT uq_ledger_accounts_currency UNIQUE (id, currency),
	-- a merchant's accounts
	INDEX ix_ledger_accounts_merchant (merchant_id, currency),
	CONSTRAINT fk_ledger_accounts_merchant FOREIGN KEY (merchant_id) REFERENCES merchants (id) ON DELETE RESTRICT,
	CONSTRAINT ck_ledger_accounts_currency CHECK (currency REGEXP '^[A-Z]{3}$'),
	CONSTRAINT ck_ledger_accounts_merchant CHECK ((kind = 'merchant') = (merchant_id IS NOT NULL)),
	CONSTRAINT ck_ledger_accounts_provider CHECK ((kind IN ('clearing', 'carrier')) = (provider IS NOT NULL))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
