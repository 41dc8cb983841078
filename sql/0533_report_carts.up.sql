-- How many carts got their first item, by quarters of an hour (UTC): what the dashboard holds paid orders against.
CREATE TABLE report_carts (
	currency  CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	quarter   DATETIME NOT NULL,
	carts     BIGINT NOT NULL,
	CONSTRAINT pk_report_carts PRIMARY KEY (currency, quarter),
	-- a range of all currencies
	INDEX ix_report_carts_quarter (quarter, carts)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
