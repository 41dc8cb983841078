-- report_payments by day (UTC): a quarter of an hour of a large shop has hardly two payments that ended alike.  Made with what was counted before.
CREATE TABLE report_payment_days (
	merchant_id     BINARY(16) NOT NULL,
	day             DATE NOT NULL,
	provider        VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	outcome         ENUM('succeeded', 'failed', 'cancelled', 'expired') NOT NULL,
	reason          VARCHAR(64) COLLATE utf8mb4_bin NOT NULL,
	currency        CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	payments        BIGINT NOT NULL,
	amount_minor    BIGINT NOT NULL,
	r_amount_minor  BIGINT NOT NULL,
	-- a range
	CONSTRAINT pk_report_payment_days PRIMARY KEY (merchant_id, day, provider, outcome, reason, currency)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci
	SELECT merchant_id, DATE(quarter) AS day, provider, outcome, reason, currency, SUM(payments) AS payments, SUM(amount_minor) AS amount_minor,
		SUM(r_amount_minor) AS r_amount_minor
	FROM report_payments GROUP BY merchant_id, DATE(quarter), provider, outcome, reason, currency;
