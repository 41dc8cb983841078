-- What a merchant asks somebody to pay who has no order of ours.  attempt_id is the payment that counts: the one that it was paid
-- by, else the one that was begun or taken up last.  Who is to pay is kept for letters only, and forgotten some time after the end.
CREATE TABLE payment_requests (
	id                  BINARY(16) NOT NULL,
	-- from the same space as those of payments
	reference           VARCHAR(20) COLLATE utf8mb4_bin NOT NULL,
	merchant_id         BINARY(16) NOT NULL,
	merchant_reference  VARCHAR(64) COLLATE utf8mb4_bin NULL,
	amount_minor        BIGINT NOT NULL,
	currency            CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	status              ENUM('open', 'paid', 'cancelled', 'expired') NOT NULL DEFAULT 'open',
	attempt_id          BINARY(16) NULL,
	provider            VARCHAR(32) COLLATE utf8mb4_bin NULL,
	return_url          VARCHAR(2048) COLLATE utf8mb4_bin NOT NULL,
	metadata            JSON NOT NULL DEFAULT '{}',
	customer_email      VARCHAR(254) NULL,
	customer_name       VARCHAR(150) NULL,
	status_reason       VARCHAR(500) NULL,
	expires_at          DATETIME(3) NOT NULL,
	paid_at             DATETIME(3) NULL,
	ended_at            DATETIME(3) NULL,
	created_at          DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at          DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
	created_by          BINARY(16) NULL,
	updated_by          BINARY(16) NULL,
	CONSTRAINT pk_payment_requests PRIMARY KEY (id),
	-- a payment request by its reference: its page, GET /payments/{reference}
	CONSTRAINT uq_payment_requests_reference UNIQUE (reference),
	-- a merchant asks once for what it calls by one name
	CONSTRAINT uq_payment_requests_merchant_reference UNIQUE (merchant_id, merchant_reference),
	-- a merchant's, newest first
	INDEX ix_payment_requests_merchant (merchant_id, id),
	-- which has expired: the job
	INDEX ix_payment_requests_expires (status, expires_at),
	-- whose payer is to be forgotten: the purge
	INDEX ix_payment_requests_ended (ended_at),
	-- those of a payer: to be forgotten when asked to
	INDEX ix_payment_requests_email (customer_email),
	-- for its foreign key
	INDEX ix_payment_requests_attempt (attempt_id),
	CONSTRAINT fk_payment_requests_merchant FOREIGN KEY (merchant_id) REFERENCES merchants (id) ON DELETE RESTRICT,
	CONSTRAINT fk_payment_requests_attempt FOREIGN KEY (attempt_id) REFERENCES payments (id) ON DELETE RESTRICT,
	CONSTRAINT ck_payment_requests_amount CHECK (amount_minor > 0),
	CONSTRAINT ck_payment_requests_currency CHECK (currency REGEXP '^[A-Z]{3}$'),
	CONSTRAINT ck_payment_requests_paid CHECK ((status = 'paid') = (paid_at IS NOT NULL)),
	CONSTRAINT ck_payment_requests_paid_by CHECK (status <> 'paid' OR attempt_id IS NOT NULL),
	CONSTRAINT ck_payment_requests_ended CHECK ((status = 'open') = (ended_at IS NULL))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
