-- Running totals: all that report_facts say of a product until the end of a month (UTC), which is known by its last day.  A product
-- has a row for every month since its first sale, so that a range of whole months is two rows, one less the other.
CREATE TABLE report_product_months (
	month               DATE NOT NULL,
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
	-- the products of all merchants, or of one, at the end of a month
	CONSTRAINT pk_report_product_months PRIMARY KEY (month, merchant_id, currency, product_id, moved)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
