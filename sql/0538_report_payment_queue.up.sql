-- Payments that ended, or ended otherwise than before, and that no report has counted so.  A row of its own for each change, so that
-- no payment waits for a fold.
CREATE TABLE report_payment_queue (
	id          BIGINT NOT NULL AUTO_INCREMENT,
	payment_id  BINARY(16) NOT NULL,
	CONSTRAINT pk_report_payment_queue PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
