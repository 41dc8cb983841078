-- report_payment_facts added up.  What has no rate is left out of r_amount_minor.
CREATE TABLE report_payments (
	merchant_id     BINARY(16) NOT NULL,
	quarter         DATETIME NOT NULL,
	provider        VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	outcome         ENUM('succeeded', 'failed', 'cancelled', 'expired') NOT NULL,
	reason          VARCHAR(64) COLLATE utf8mb4_bin NOT NULL,
	currency        CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	payments        BIGINT NOT NULL,
	amount_minor    BIGINT NOT NULL,
	r_amount_minor  BIGINT NOT NULL,
	-- a range
	CONSTRAINT pk_report_payments PRIMARY KEY (merchant_id, quarter, provider, outcome, reason, currency)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
