-- Money on its way back, written before the provider is called.
CREATE TABLE refunds (
	id                  BINARY(16) NOT NULL,
	payment_id          BINARY(16) NOT NULL,
	provider            VARCHAR(32) COLLATE utf8mb4_bin NOT NULL,
	provider_refund_id  VARCHAR(191) COLLATE utf8mb4_bin NULL,
	amount_minor        BIGINT NOT NULL,
	currency            CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	status              ENUM('pending', 'succeeded', 'failed') NOT NULL DEFAULT 'pending',
	reason              VARCHAR(500) NOT NULL DEFAULT '',
	automatic           BOOLEAN NOT NULL DEFAULT FALSE,
	requested_by        BINARY(16) NULL,
	idempotency_key     VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	-- which of its keys it uses: raised when the provider has answered 5xx, which it would replay
	key_number          INT NOT NULL DEFAULT 0,
	attempts            INT NOT NULL DEFAULT 0,
	next_attempt_at     DATETIME(3) NULL,
	failure_code        VARCHAR(64) COLLATE utf8mb4_bin NULL,
	failure_reason      VARCHAR(500) NULL,
	created_at          DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at          DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
	finished_at         DATETIME(3) NULL,
	CONSTRAINT pk_refunds PRIMARY KEY (id),
	-- what a provider's event is about
	CONSTRAINT uq_refunds_provider_refund UNIQUE (provider, provider_refund_id),
	-- the key we give the provider is ours alone
	CONSTRAINT uq_refunds_idempotency_key UNIQUE (idempotency_key),
	-- the refunds of a payment
	INDEX ix_refunds_payment (payment_id, id),
	-- refunds to try again
	INDEX ix_refunds_attempt (status, next_attempt_at),
	CONSTRAINT fk_refunds_payment FOREIGN KEY (payment_id) REFERENCES payments (id) ON DELETE RESTRICT,
	CONSTRAINT fk_refunds_requested_by FOREIGN KEY (requested_by) REFERENCES users (id) ON DELETE RESTRICT,
	CONSTRAINT ck_refunds_amount CHECK (amount_minor > 0),
	CONSTRAINT ck_refunds_currency CHECK (currency REGEXP '^[A-Z]{3}$'),
	CONSTRAINT ck_refunds_attempts CHECK (attempts >= 0)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
