-- What a settlement file says moved, once for each row of the provider's: its id is the source of what is posted for it.
CREATE TABLE settlement_rows (
	id             BINARY(16) NOT NULL,
	settlement_id  BINARY(16) NOT NULL,
	-- its place among the file's rows, from 1
	number         BIGINT NOT NULL,
	provider       VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	-- the provider's name of it
	row_key        VARCHAR(191) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	kind           ENUM('payment', 'refund', 'refund_bounced', 'dispute', 'dispute_won', 'fee', 'payout', 'other', 'unknown') NOT NULL,
	-- the payment, refund or dispute that it is about, when it is known here
	subject_id     BINARY(16) NULL,
	gross_minor    BIGINT NOT NULL,
	fee_minor      BIGINT NOT NULL,
	currency       CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	-- its fee became the payment's
	takes_fee      BOOLEAN NOT NULL DEFAULT FALSE,
	-- the ledger has a transaction of it
	posted         BOOLEAN NOT NULL DEFAULT FALSE,
	CONSTRAINT pk_settlement_rows PRIMARY KEY (id),
	-- a row counts once, whatever files it stands in
	CONSTRAINT uq_settlement_rows_key UNIQUE (provider, row_key),
	-- a file's rows
	INDEX ix_settlement_rows_settlement (settlement_id, number),
	-- was a payment or refund ever settled
	INDEX ix_settlement_rows_subject (subject_id, kind),
	CONSTRAINT fk_settlement_rows_settlement FOREIGN KEY (settlement_id) REFERENCES settlements (id) ON DELETE RESTRICT
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
