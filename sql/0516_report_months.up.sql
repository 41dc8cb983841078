-- The months (UTC), each by its last day, that report_product_months has: from the first fact's to the last one's, without a gap.
CREATE TABLE report_months (
	month  DATE NOT NULL,
	CONSTRAINT pk_report_months PRIMARY KEY (month)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
