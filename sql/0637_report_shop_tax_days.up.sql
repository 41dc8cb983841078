-- report_tax_days of all merchants together, and of what is nobody's: what the whole shop's report adds up.  Made with what was counted before.
CREATE TABLE report_shop_tax_days (
	day                 DATE NOT NULL,
	currency            CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	country             CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	rate                VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	moved               BOOLEAN NOT NULL DEFAULT FALSE,
	taxed_minor         BIGINT NOT NULL,
	tax_minor           BIGINT NOT NULL,
	back_taxed_minor    BIGINT NOT NULL,
	back_tax_minor      BIGINT NOT NULL,
	r_taxed_minor       BIGINT NOT NULL,
	r_tax_minor         BIGINT NOT NULL,
	r_back_taxed_minor  BIGINT NOT NULL,
	r_back_tax_minor    BIGINT NOT NULL,
	-- a range
	CONSTRAINT pk_report_shop_tax_days PRIMARY KEY (day, currency, country, rate, moved)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci
	SELECT day, currency, country, rate, moved, SUM(taxed_minor) AS taxed_minor, SUM(tax_minor) AS tax_minor,
		SUM(back_taxed_minor) AS back_taxed_minor, SUM(back_tax_minor) AS back_tax_minor, SUM(r_taxed_minor) AS r_taxed_minor,
		SUM(r_tax_minor) AS r_tax_minor, SUM(r_back_taxed_minor) AS r_back_taxed_minor, SUM(r_back_tax_minor) AS r_back_tax_minor
	FROM report_tax_days GROUP BY day, currency, country, rate, moved;
