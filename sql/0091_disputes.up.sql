-- Payers who ask their bank or the provider for their money back, as the provider tells it.  A payment can have several.
CREATE TABLE disputes (
	id                   BINARY(16) NOT NULL,
	payment_id           BINARY(16) NOT NULL,
	provider             VARCHAR(32) COLLATE utf8mb4_bin NOT NULL,
	provider_dispute_id  VARCHAR(191) COLLATE utf8mb4_bin NOT NULL,
	-- an inquiry has moved no money, and is closed or becomes a dispute
	status               ENUM('open', 'submitted', 'won', 'lost', 'accepted', 'inquiry', 'closed') NOT NULL,
	reason               VARCHAR(64) COLLATE utf8mb4_bin NULL,
	amount_minor         BIGINT NOT NULL,
	currency             CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	-- the provider has taken the amount from the shop's balance, and not given it back
	money_moved          BOOLEAN NOT NULL DEFAULT FALSE,
	-- what it charges for the dispute; NULL: it has not told
	fee_minor            BIGINT NULL,
	fee_currency         CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
	evidence_due_at      DATETIME(3) NULL,
	evidence_sent_at     DATETIME(3) NULL,
	accepted_at          DATETIME(3) NULL,
	-- when the provider said what stands here, as far as it tells
	told_at              DATETIME(3) NULL,
	created_at           DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at           DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
	CONSTRAINT pk_disputes PRIMARY KEY (id),
	-- what a provider's event is about
	CONSTRAINT uq_disputes_provider_dispute UNIQUE (provider, provider_dispute_id),
	-- the disputes of a payment
	INDEX ix_disputes_payment (payment_id, id),
	-- disputes of a status, newest first
	INDEX ix_disputes_status (status, id),
	CONSTRAINT fk_disputes_payment FOREIGN KEY (payment_id) REFERENCES payments (id) ON DELETE RESTRICT,
	CONSTRAINT ck_disputes_amount CHECK (amount_minor > 0),
	CONSTRAINT ck_disputes_currency CHECK (currency REGEXP '^[A-Z]{3}$'),
	CONSTRAINT ck_disputes_fee CHECK ((fee_minor IS NULL) = (fee_currency IS NULL) AND fee_minor >= 0)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
