-- owner_key says whose account it is: a provider's name (clearing), a carrier's (carrier), a merchant's id (merchant); the
-- shop's own accounts have none.  `unapplied` holds money that came for nothing we could sell, until it is back.
CREATE TABLE ledger_accounts (
	id          UUID NOT NULL,
	kind        ENUM('clearing', 'carrier', 'merchant', 'commission', 'tax', 'shipping', 'unapplied') NOT NULL,
	owner_key   VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
	currency    CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	created_at  DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	CONSTRAINT pk_ledger_accounts PRIMARY KEY (id),
	-- the account to post to
	CONSTRAINT uq_ledger_accounts_owner UNIQUE (kind, owner_key, currency),
	-- lets an entry's foreign key hold the entry to its account's currency
	CONSTRAINT uq_ledger_accounts_currency UNIQUE (id, currency),
	CONSTRAINT ck_ledger_accounts_currency CHECK (currency REGEXP '^[A-Z]{3}$'),
	CONSTRAINT ck_ledger_accounts_owner CHECK ((kind IN ('clearing', 'carrier', 'merchant')) = (owner_key <> ''))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
