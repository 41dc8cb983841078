-- Rows to be locked by who places an order: its account's and its address's, by a number made of each.  They hold nothing.
CREATE TABLE order_gates (
	number  SMALLINT NOT NULL,
	CONSTRAINT pk_order_gates PRIMARY KEY (number)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
