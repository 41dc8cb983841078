-- The sums of a settlement file, duplicates left out.
CREATE TABLE settlement_sums (
	settlement_id  BINARY(16) NOT NULL,
	currency       CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	kind           ENUM('payment', 'refund', 'refund_bounced', 'dispute', 'dispute_won', 'fee', 'payout', 'other', 'unknown') NOT NULL,
	entries        BIGINT NOT NULL,
	gross_minor    BIGINT NOT NULL,
	fee_minor      BIGINT NOT NULL,
	net_minor      BIGINT NOT NULL,
	CONSTRAINT pk_settlement_sums PRIMARY KEY (settlement_id, currency, kind),
	CONSTRAINT fk_settlement_sums_settlement FOREIGN KEY (settlement_id) REFERENCES settlements (id) ON DELETE RESTRICT
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
