-- What is to be paid of a subscription, a period a row: the purpose of the payments for it.
CREATE TABLE subscription_periods (
	id                 BINARY(16) NOT NULL,
	subscription_id    BINARY(16) NOT NULL,
	number             INT NOT NULL,
	plan_id            BINARY(16) NOT NULL,
	starts_at          DATETIME(3) NOT NULL,
	ends_at            DATETIME(3) NOT NULL,
	amount_minor       BIGINT NOT NULL,
	currency           CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	-- void: it ended without money, and takes none any more
	status             ENUM('due', 'paid', 'refunded', 'void') NOT NULL DEFAULT 'due',
	-- how often the stored method was charged; how often it was not paid, and since when
	attempts           INT NOT NULL DEFAULT 0,
	failures           INT NOT NULL DEFAULT 0,
	failed_at          DATETIME(3) NULL,
	failure_code       VARCHAR(64) COLLATE utf8mb4_bin NULL,
	-- when it is charged, or its charge looked at, next; NULL: the payer was asked, and has time
	next_attempt_at    DATETIME(3) NULL,
	-- until when the payer has time to pay by the link
	asked_until        DATETIME(3) NULL,
	-- the stored method is not charged for it any more
	by_link            BOOLEAN NOT NULL DEFAULT FALSE,
	-- of the hosted page where the payer can pay it
	payment_reference  VARCHAR(20) COLLATE utf8mb4_bin NULL,
	-- by which it was paid
	payment_id         BINARY(16) NULL,
	paid_at            DATETIME(3) NULL,
	created_at         DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at         DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
	-- 1 while it is to be paid, else NULL, which a unique key does not count
	open               TINYINT GENERATED ALWAYS AS (IF(status = 'due', 1, NULL)) VIRTUAL,
	CONSTRAINT pk_subscription_periods PRIMARY KEY (id),
	-- a period of a subscription is charged once
	CONSTRAINT uq_subscription_periods_number UNIQUE (subscription_id, number),
	-- and no two begin together
	CONSTRAINT uq_subscription_periods_start UNIQUE (subscription_id, starts_at),
	-- one is to be paid at a time
	CONSTRAINT uq_subscription_periods_open UNIQUE (subscription_id, open),
	-- for the foreign keys; and the period that a payment paid
	INDEX ix_subscription_periods_plan (plan_id),
	INDEX ix_subscription_periods_payment (payment_id),
	CONSTRAINT fk_subscription_periods_subscription FOREIGN KEY (subscription_id) REFERENCES subscriptions (id) ON DELETE RESTRICT,
	CONSTRAINT fk_subscription_periods_plan FOREIGN KEY (plan_id) REFERENCES plans (id) ON DELETE RESTRICT,
	CONSTRAINT fk_subscription_periods_payment FOREIGN KEY (payment_id) REFERENCES payments (id) ON DELETE RESTRICT,
	CONSTRAINT ck_subscription_periods_number CHECK (number > 0),
	CONSTRAINT ck_subscription_periods_time CHECK (starts_at < ends_at),
	CONSTRAINT ck_subscription_periods_amount CHECK (amount_minor > 0),
	CONSTRAINT ck_subscription_periods_currency CHECK (currency REGEXP '^[A-Z]{3}$'),
	CONSTRAINT ck_subscription_periods_failures CHECK (failures >= 0),
	CONSTRAINT ck_subscription_periods_paid CHECK ((status IN ('paid', 'refunded')) = (payment_id IS NOT NULL))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
