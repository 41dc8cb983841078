-- How a payment ended, as it was counted last: one row of the whole shop, under zeros, and one of each merchant whose goods or request
-- it pays.  quarter is the quarter of an hour (UTC) in which it was begun.  amount_minor is what was paid or, of one that failed, asked for;
-- r_ is the same in the reporting currency at the rate of that day, NULL without one.
CREATE TABLE report_payment_facts (
	payment_id      BINARY(16) NOT NULL,
	merchant_id     BINARY(16) NOT NULL,
	quarter         DATETIME NOT NULL,
	provider        VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	outcome         ENUM('succeeded', 'failed', 'cancelled', 'expired') NOT NULL,
	-- the provider's code of a failure
	reason          VARCHAR(64) COLLATE utf8mb4_bin NOT NULL,
	currency        CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	amount_minor    BIGINT NOT NULL,
	r_amount_minor  BIGINT NULL,
	CONSTRAINT pk_report_payment_facts PRIMARY KEY (payment_id, merchant_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
