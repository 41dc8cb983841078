-- What a customer sends back of one seller's part of an order.
CREATE TABLE returns (
	id             BINARY(16) NOT NULL,
	order_id       BINARY(16) NOT NULL,
	merchant_id    BINARY(16) NOT NULL,
	-- whose order it is
	user_id        BINARY(16) NOT NULL,
	status         ENUM('requested', 'approved', 'rejected', 'cancelled', 'received', 'refunded', 'expired') NOT NULL
		DEFAULT 'requested',
	-- why it was rejected
	reason         VARCHAR(500) NULL,
	-- what of the order's payment was claimed back for what was accepted
	amount_minor   BIGINT NOT NULL DEFAULT 0,
	refund_id      BINARY(16) NULL,
	-- of one that is approved: until when the goods must have come
	expires_at     DATETIME(3) NULL,
	received_at    DATETIME(3) NULL,
	ended_at       DATETIME(3) NULL,
	created_at     DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at     DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
	created_by     BINARY(16) NULL,
	updated_by     BINARY(16) NULL,
	CONSTRAINT pk_returns PRIMARY KEY (id),
	-- the returns of an order
	INDEX ix_returns_order (order_id, id),
	-- a customer's and a seller's, newest first
	INDEX ix_returns_user (user_id, id),
	INDEX ix_returns_merchant (merchant_id, id),
	-- what its refund's success ends
	CONSTRAINT uq_returns_refund UNIQUE (refund_id),
	-- whose goods have not come in time
	INDEX ix_returns_expires (status, expires_at),
	CONSTRAINT fk_returns_part FOREIGN KEY (order_id, merchant_id) REFERENCES fulfilments (order_id, merchant_id)
		ON DELETE RESTRICT,
	CONSTRAINT fk_returns_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE RESTRICT,
	CONSTRAINT fk_returns_refund FOREIGN KEY (refund_id) REFERENCES refunds (id) ON DELETE RESTRICT,
	CONSTRAINT ck_returns_amount CHECK (amount_minor >= 0)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
