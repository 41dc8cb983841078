-- report_quarters of the whole shop and of all its currencies, in the reporting currency: a year of a shop of many currencies is read as one of a
-- shop of one.  What has no rate is left out.  Made with what was counted before.
CREATE TABLE report_shop_quarters (
	moved                        BOOLEAN NOT NULL DEFAULT FALSE,
	quarter                      DATETIME NOT NULL,
	orders                       BIGINT NOT NULL,
	quantity                     BIGINT NOT NULL,
	back_quantity                BIGINT NOT NULL,
	r_gross_minor                BIGINT NOT NULL,
	r_discount_minor             BIGINT NOT NULL,
	r_shipping_minor             BIGINT NOT NULL,
	r_tax_minor                  BIGINT NOT NULL,
	r_commission_minor           BIGINT NOT NULL,
	r_cost_minor                 BIGINT NOT NULL,
	r_estimated_minor            BIGINT NOT NULL,
	r_refunds_minor              BIGINT NOT NULL,
	r_back_tax_minor             BIGINT NOT NULL,
	r_back_commission_minor      BIGINT NOT NULL,
	r_back_cost_minor            BIGINT NOT NULL,
	r_back_estimated_minor       BIGINT NOT NULL,
	r_disputed_minor             BIGINT NOT NULL,
	r_disputed_tax_minor         BIGINT NOT NULL,
	r_disputed_commission_minor  BIGINT NOT NULL,
	r_fees_minor                 BIGINT NOT NULL,
	r_charges_minor              BIGINT NOT NULL,
	r_differences_minor          BIGINT NOT NULL,
	r_payouts_minor              BIGINT NOT NULL,
	-- a range, with what moves to the day of its sale or without
	CONSTRAINT pk_report_shop_quarters PRIMARY KEY (moved, quarter)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci
	SELECT moved, quarter, SUM(orders) AS orders, SUM(quantity) AS quantity, SUM(back_quantity) AS back_quantity,
		SUM(r_gross_minor) AS r_gross_minor, SUM(r_discount_minor) AS r_discount_minor, SUM(r_shipping_minor) AS r_shipping_minor,
		SUM(r_tax_minor) AS r_tax_minor, SUM(r_commission_minor) AS r_commission_minor, SUM(r_cost_minor) AS r_cost_minor,
		SUM(r_estimated_minor) AS r_estimated_minor, SUM(r_refunds_minor) AS r_refunds_minor,
		SUM(r_back_tax_minor) AS r_back_tax_minor, SUM(r_back_commission_minor) AS r_back_commission_minor,
		SUM(r_back_cost_minor) AS r_back_cost_minor, SUM(r_back_estimated_minor) AS r_back_estimated_minor,
		SUM(r_disputed_minor) AS r_disputed_minor, SUM(r_disputed_tax_minor) AS r_disputed_tax_minor,
		SUM(r_disputed_commission_minor) AS r_disputed_commission_minor, SUM(r_fees_minor) AS r_fees_minor,
		SUM(r_charges_minor) AS r_charges_minor, SUM(r_differences_minor) AS r_differences_minor,
		SUM(r_payouts_minor) AS r_payouts_minor
	FROM report_quarters WHERE merchant_id = REPEAT(CHAR(0), 16) GROUP BY moved, quarter;
