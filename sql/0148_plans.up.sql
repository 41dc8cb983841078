-- What a merchant charges again and again.  Its amount and times never change: who wants others makes another plan.
CREATE TABLE plans (
	id            BINARY(16) NOT NULL,
	merchant_id   BINARY(16) NOT NULL,
	name          VARCHAR(150) NOT NULL,
	amount_minor  BIGINT NOT NULL,
	currency      CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	-- a period is `count` of these
	every         ENUM('day', 'week', 'month', 'year') NOT NULL,
	count         SMALLINT NOT NULL DEFAULT 1,
	trial_days    SMALLINT NOT NULL DEFAULT 0,
	-- an archived one goes on for who has it
	status        ENUM('active', 'archived') NOT NULL DEFAULT 'active',
	version       INT NOT NULL DEFAULT 1,
	created_at    DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at    DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
	created_by    BINARY(16) NULL,
	updated_by    BINARY(16) NULL,
	CONSTRAINT pk_plans PRIMARY KEY (id),
	-- a merchant's plans, newest first
	INDEX ix_plans_merchant (merchant_id, id),
	-- the active plans of all merchants, newest first
	INDEX ix_plans_status (status, id),
	CONSTRAINT fk_plans_merchant FOREIGN KEY (merchant_id) REFERENCES merchants (id) ON DELETE RESTRICT,
	CONSTRAINT ck_plans_name CHECK (name <> ''),
	CONSTRAINT ck_plans_amount CHECK (amount_minor > 0),
	CONSTRAINT ck_plans_currency CHECK (currency REGEXP '^[A-Z]{3}$'),
	CONSTRAINT ck_plans_count CHECK (count BETWEEN 1 AND 366),
	CONSTRAINT ck_plans_trial_days CHECK (trial_days BETWEEN 0 AND 730),
	CONSTRAINT ck_plans_version CHECK (version > 0)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
