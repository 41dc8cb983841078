-- report_facts of lines added up by product and day (UTC).
CREATE TABLE report_product_days (
	day                 DATE NOT NULL,
	merchant_id         BINARY(16) NOT NULL,
	currency            CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	product_id          BINARY(16) NOT NULL,
	moved               BOOLEAN NOT NULL DEFAULT FALSE,
	quantity            BIGINT NOT NULL,
	back_quantity       BIGINT NOT NULL,
	-- sold, less discounts and with all taxes
	revenue_minor       BIGINT NOT NULL,
	-- given back, bounced and disputed
	refunds_minor       BIGINT NOT NULL,
	-- of what was sold and not given back
	tax_minor           BIGINT NOT NULL,
	commission_minor    BIGINT NOT NULL,
	cost_minor          BIGINT NOT NULL,
	estimated_minor     BIGINT NOT NULL,
	-- the same in the reporting currency, without what has no rate
	r_revenue_minor     BIGINT NOT NULL,
	r_refunds_minor     BIGINT NOT NULL,
	r_tax_minor         BIGINT NOT NULL,
	r_commission_minor  BIGINT NOT NULL,
	r_cost_minor        BIGINT NOT NULL,
	r_estimated_minor   BIGINT NOT NULL,
	-- the products of a range, of all merchants or one
	CONSTRAINT pk_report_product_days PRIMARY KEY (day, merchant_id, currency, product_id, moved)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
