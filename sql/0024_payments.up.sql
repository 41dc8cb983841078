-- One attempt to pay, written before the provider is called.  refund_claimed_minor is what refunds that have not failed
-- ask for: it is raised by a conditional UPDATE before the provider is called; refunded_minor is what it has confirmed.
CREATE TABLE payments (
	id                       BINARY(16) NOT NULL,
	reference                VARCHAR(20) COLLATE utf8mb4_bin NOT NULL,
	-- what it pays for
	purpose_kind             ENUM('order') NOT NULL,
	purpose_id               BINARY(16) NOT NULL,
	-- the purpose when that is an order: for its foreign key, and for what joins orders with their payments
	order_id                 BINARY(16) GENERATED ALWAYS AS (IF(purpose_kind = 'order', purpose_id, NULL)) STORED,
	merchant_id              BINARY(16) NULL,
	user_id                  BINARY(16) NULL,
	provider                 VARCHAR(32) COLLATE utf8mb4_bin NOT NULL,
	provider_transaction_id  VARCHAR(191) COLLATE utf8mb4_bin NULL,
	amount_minor             BIGINT NOT NULL,
	currency                 CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	status                   ENUM('pending', 'requires_action', 'processing', 'succeeded', 'failed', 'cancelled', 'expired',
	                              'partially_refunded', 'refunded', 'disputed') NOT NULL DEFAULT 'pending',
	method                   VARCHAR(64) COLLATE utf8mb4_bin NULL,
	failure_code             VARCHAR(64) COLLATE utf8mb4_bin NULL,
	failure_reason           VARCHAR(500) NULL,
	hold_reason              VARCHAR(191) NULL,
	refund_claimed_minor     BIGINT NOT NULL DEFAULT 0,
	refunded_minor           BIGINT NOT NULL DEFAULT 0,
	client_secret            VARBINARY(512) NULL,
	redirect_url             VARCHAR(2048) COLLATE utf8mb4_bin NULL,
	return_url               VARCHAR(2048) COLLATE utf8mb4_bin NULL,
	idempotency_key          VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	next_check_at            DATETIME(3) NULL,
	checks                   INT NOT NULL DEFAULT 0,
	succeeded_at             DATETIME(3) NULL,
	created_at               DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at               DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
	created_by               BINARY(16) NULL,
	updated_by               BINARY(16) NULL,
	-- 1 while the attempt may still succeed, else NULL, which a unique key does not count
	live                     TINYINT GENERATED ALWAYS AS
	                         (IF(status IN ('pending', 'requires_action', 'processing'), 1, NULL)) VIRTUAL,
	CONSTRAINT pk_payments PRIMARY KEY (id),
	-- a payment by its reference
	CONSTRAINT uq_payments_reference UNIQUE (reference),
	-- what a provider's event or answer is about
	CONSTRAINT uq_payments_provider_transaction UNIQUE (provider, provider_transaction_id),
	-- one live attempt a purpose
	CONSTRAINT uq_payments_live UNIQUE (purpose_kind, purpose_id, live),
	-- the key we give the provider is ours alone
	CONSTRAINT uq_payments_idempotency_key UNIQUE (idempotency_key),
	-- the attempts of an order
	INDEX ix_payments_order (order_id, id),
	-- a seller's payments without an order, newest first
	INDEX ix_payments_merchant (merchant_id, id),
	-- a customer's payments, newest first
	INDEX ix_payments_user (user_id, id),
	-- what reconciliation asks about next
	INDEX ix_payments_check (status, next_check_at),
	-- what waits for a person to look at it: /metrics
	INDEX ix_payments_hold (hold_reason),
	-- the staff's list by status
	INDEX ix_payments_status (status, id),
	CONSTRAINT fk_payments_order FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE RESTRICT,
	CONSTRAINT fk_payments_merchant FOREIGN KEY (merchant_id) REFERENCES merchants (id) ON DELETE RESTRICT,
	CONSTRAINT fk_payments_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE RESTRICT,
	CONSTRAINT ck_payments_amount CHECK (amount_minor > 0),
	CONSTRAINT ck_payments_currency CHECK (currency REGEXP '^[A-Z]{3}$'),
	CONSTRAINT ck_payments_refund_claimed CHECK (refund_claimed_minor BETWEEN 0 AND amount_minor),
	CONSTRAINT ck_payments_refunded CHECK (refunded_minor BETWEEN 0 AND refund_claimed_minor)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
