-- What each customer has bought so far, in each currency of its own and, under no currency, in the reporting currency: there
-- without what had no rate.
CREATE TABLE report_customers (
	currency       CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	user_id        BINARY(16) NOT NULL,
	-- paid ones
	orders         BIGINT NOT NULL,
	-- with taxes and shipping, less discounts; and less what was given back or disputed
	revenue_minor  BIGINT NOT NULL,
	net_minor      BIGINT NOT NULL,
	-- when something was sold
	first_at       DATETIME(3) NULL,
	last_at        DATETIME(3) NULL,
	-- a customer
	CONSTRAINT pk_report_customers PRIMARY KEY (currency, user_id),
	-- the best customers; how many are of which kind
	INDEX ix_report_customers_net (currency, net_minor, orders)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
