-- Every answer of a provider as it came, with secrets and card data struck out.
CREATE TABLE payment_answers (
	id           BINARY(16) NOT NULL,
	payment_id   BINARY(16) NOT NULL,
	kind         ENUM('create', 'fetch', 'capture', 'cancel', 'refund', 'event') NOT NULL,
	http_status  SMALLINT NULL,
	body         MEDIUMTEXT COLLATE utf8mb4_bin NOT NULL,
	created_at   DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	CONSTRAINT pk_payment_answers PRIMARY KEY (id),
	-- the answers about a payment in the order they came
	INDEX ix_payment_answers_payment (payment_id, id),
	CONSTRAINT fk_payment_answers_payment FOREIGN KEY (payment_id) REFERENCES payments (id) ON DELETE RESTRICT
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
