-- Money that leaves to a merchant: drafted by one person, approved by another, paid by the bank.
CREATE TABLE payouts (
	id              BINARY(16) NOT NULL,
	merchant_id     BINARY(16) NOT NULL,
	amount_minor    BIGINT NOT NULL,
	currency        CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	status          ENUM('draft', 'approved', 'rejected', 'paid', 'bounced') NOT NULL DEFAULT 'draft',
	bank_reference  VARCHAR(64) COLLATE utf8mb4_bin NULL,
	-- why it was rejected, or sent back
	reason          VARCHAR(500) NULL,
	approved_by     BINARY(16) NULL,
	approved_at     DATETIME(3) NULL,
	paid_at         DATETIME(3) NULL,
	-- rejected or bounced
	ended_at        DATETIME(3) NULL,
	created_at      DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at      DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
	created_by      BINARY(16) NULL,
	updated_by      BINARY(16) NULL,
	CONSTRAINT pk_payouts PRIMARY KEY (id),
	-- a merchant's payouts, newest first
	INDEX ix_payouts_merchant (merchant_id, id),
	-- payouts of a status, newest first
	INDEX ix_payouts_status (status, id),
	-- what a merchant's drafts hold, from the index alone
	INDEX ix_payouts_held (merchant_id, status, currency, amount_minor),
	CONSTRAINT fk_payouts_merchant FOREIGN KEY (merchant_id) REFERENCES merchants (id) ON DELETE RESTRICT,
	CONSTRAINT fk_payouts_created_by FOREIGN KEY (created_by) REFERENCES users (id) ON DELETE RESTRICT,
	CONSTRAINT fk_payouts_approved_by FOREIGN KEY (approved_by) REFERENCES users (id) ON DELETE RESTRICT,
	CONSTRAINT ck_payouts_amount CHECK (amount_minor > 0),
	CONSTRAINT ck_payouts_currency CHECK (currency REGEXP '^[A-Z]{3}$'),
	CONSTRAINT ck_payouts_approved CHECK (approved_by IS NULL OR approved_by <> created_by),
	CONSTRAINT ck_payouts_paid CHECK (status NOT IN ('paid', 'bounced') OR (bank_reference IS NOT NULL AND paid_at IS NOT NULL)),
	CONSTRAINT ck_payouts_ended CHECK ((status IN ('rejected', 'bounced')) = (reason IS NOT NULL AND ended_at IS NOT NULL))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
