-- What the ledger's transactions mean to reports: a row for each order line, shipping, fee, difference or payout that one moved money
-- for.  gross_minor is before discounts and with all taxes, so gross_minor - discount_minor is what was paid; refunds and what
-- bounces take back are negative.  A fee's gross is what it cost, a payout's what left the merchant's account.  The same with r_ is in
-- the reporting currency at the rate of the day on which it was posted, and NULL where there was none.
-- No foreign keys: they would lock what payments wait for; `haatctl check` holds the rows to the ledger.
CREATE TABLE report_facts (
	transaction_id      BINARY(16) NOT NULL,
	position            INT NOT NULL,
	kind                ENUM('sale', 'refund', 'bounce', 'dispute', 'fee', 'settlement', 'payout') NOT NULL,
	subject             ENUM('line', 'own', 'shipping', 'fee', 'charge', 'difference', 'payout') NOT NULL,
	posted_at           DATETIME(3) NOT NULL,
	sold_at             DATETIME(3) NOT NULL,
	-- the quarter of an hour in which it was posted: every zone's day is whole ones
	quarter             DATETIME NOT NULL,
	order_id            BINARY(16) NULL,
	line_id             BINARY(16) NULL,
	merchant_id         BINARY(16) NULL,
	product_id          BINARY(16) NULL,
	user_id             BINARY(16) NULL,
	provider            VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
	currency            CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	-- the first sale of its order, and the first of its merchant's part of it: to count orders by
	opens_order         BOOLEAN NOT NULL DEFAULT FALSE,
	opens_part          BOOLEAN NOT NULL DEFAULT FALSE,
	quantity            INT NOT NULL DEFAULT 0,
	gross_minor         BIGINT NOT NULL,
	discount_minor      BIGINT NOT NULL DEFAULT 0,
	tax_minor           BIGINT NOT NULL DEFAULT 0,
	commission_minor    BIGINT NOT NULL DEFAULT 0,
	cost_minor          BIGINT NOT NULL DEFAULT 0,
	-- of that, what is assumed because nobody had told the cost
	estimated_minor     BIGINT NOT NULL DEFAULT 0,
	r_currency          CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
	r_gross_minor       BIGINT NULL,
	r_discount_minor    BIGINT NULL,
	r_tax_minor         BIGINT NULL,
	r_commission_minor  BIGINT NULL,
	r_cost_minor        BIGINT NULL,
	r_estimated_minor   BIGINT NULL,
	CONSTRAINT pk_report_facts PRIMARY KEY (transaction_id, position),
	-- was the order counted?
	INDEX ix_report_facts_order (order_id, kind, merchant_id),
	-- the ends of a range that are no whole days
	INDEX ix_report_facts_posted (posted_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
