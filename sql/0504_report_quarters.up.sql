-- report_facts added up by quarters of an hour (UTC): a merchant's, and under zeros the whole shop's.  Written with the facts.
CREATE TABLE report_quarters (
	merchant_id                  BINARY(16) NOT NULL,
	currency                     CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	quarter                      DATETIME NOT NULL,
	orders                       BIGINT NOT NULL,
	quantity                     BIGINT NOT NULL,
	back_quantity                BIGINT NOT NULL,
	-- sold: before discounts and with all taxes, without shipping
	gross_minor                  BIGINT NOT NULL,
	discount_minor               BIGINT NOT NULL,
	shipping_minor               BIGINT NOT NULL,
	tax_minor                    BIGINT NOT NULL,
	commission_minor             BIGINT NOT NULL,
	cost_minor                   BIGINT NOT NULL,
	estimated_minor              BIGINT NOT NULL,
	-- given back, less what bounced: with shipping
	refunds_minor                BIGINT NOT NULL,
	back_tax_minor               BIGINT NOT NULL,
	back_commission_minor        BIGINT NOT NULL,
	back_cost_minor              BIGINT NOT NULL,
	back_estimated_minor         BIGINT NOT NULL,
	-- taken back by payers, until a dispute is won
	disputed_minor               BIGINT NOT NULL,
	disputed_tax_minor           BIGINT NOT NULL,
	disputed_commission_minor    BIGINT NOT NULL,
	-- what providers kept, what of that merchants bear, and what came more than asked for
	fees_minor                   BIGINT NOT NULL,
	charges_minor                BIGINT NOT NULL,
	differences_minor            BIGINT NOT NULL,
	-- what left the merchant's account
	payouts_minor                BIGINT NOT NULL,
	-- the same in the reporting currency; what has no rate is left out, and its revenue is unconverted_minor
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
	unconverted_minor            BIGINT NOT NULL,
	-- a range of one currency
	CONSTRAINT pk_report_quarters PRIMARY KEY (merchant_id, currency, quarter),
	-- a range of all currencies, in the reporting currency
	INDEX ix_report_quarters_range (merchant_id, quarter)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
