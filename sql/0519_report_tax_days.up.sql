-- Tax by merchant, day (UTC), country that was delivered to, and rate in percent; both empty where nobody knows.  What a payment
-- without an order was taxed is under its merchant, or zeros.
CREATE TABLE report_tax_days (
	day                 DATE NOT NULL,
	merchant_id         BINARY(16) NOT NULL,
	currency            CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	country             CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	rate                VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	moved               BOOLEAN NOT NULL DEFAULT FALSE,
	-- what was sold, less discounts and without the tax; and what of that was given back or disputed
	taxed_minor         BIGINT NOT NULL,
	tax_minor           BIGINT NOT NULL,
	back_taxed_minor    BIGINT NOT NULL,
	back_tax_minor      BIGINT NOT NULL,
	-- the same in the reporting currency, without what has no rate
	r_taxed_minor       BIGINT NOT NULL,
	r_tax_minor         BIGINT NOT NULL,
	r_back_taxed_minor  BIGINT NOT NULL,
	r_back_tax_minor    BIGINT NOT NULL,
	-- a range, of all merchants or one
	CONSTRAINT pk_report_tax_days PRIMARY KEY (day, merchant_id, currency, country, rate, moved)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
