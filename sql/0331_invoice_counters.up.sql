-- The last number of each series: one a seller (a nil id: the shop itself), kind and year.  Locked last in its transaction, so that a
-- number is taken only with the invoice that has it.
CREATE TABLE invoice_counters (
	merchant_id  BINARY(16) NOT NULL,
	kind         ENUM('invoice', 'credit_note') NOT NULL,
	year         SMALLINT NOT NULL,
	last         INT NOT NULL,
	CONSTRAINT pk_invoice_counters PRIMARY KEY (merchant_id, kind, year),
	CONSTRAINT ck_invoice_counters_last CHECK (last > 0)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
