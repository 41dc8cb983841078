-- Each time that a provider declined an attempt, which a payer may try several times.  An event tells of it (told), and what the
-- provider answers shows it (seen): one row for both.
CREATE TABLE payment_declines (
	id            BINARY(16) NOT NULL,
	payment_id    BINARY(16) NOT NULL,
	-- who paid and from where, as in the payment
	user_id       BINARY(16) NULL,
	risk_address  BINARY(16) NULL,
	risk_network  BINARY(16) NULL,
	told          BOOLEAN NOT NULL DEFAULT FALSE,
	seen          BOOLEAN NOT NULL DEFAULT FALSE,
	declined_at   DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	CONSTRAINT pk_payment_declines PRIMARY KEY (id),
	-- the declines of an attempt
	INDEX ix_payment_declines_payment (payment_id, declined_at),
	-- of an account in a window
	INDEX ix_payment_declines_user (user_id, declined_at),
	-- of an address
	INDEX ix_payment_declines_address (risk_address, declined_at),
	-- of a network
	INDEX ix_payment_declines_network (risk_network, declined_at),
	-- what is old, for the purge
	INDEX ix_payment_declines_time (declined_at),
	CONSTRAINT fk_payment_declines_payment FOREIGN KEY (payment_id) REFERENCES payments (id) ON DELETE RESTRICT,
	CONSTRAINT ck_payment_declines_known CHECK (told OR seen)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
