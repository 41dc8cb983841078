-- Each seller's part of an order on its way to the customer: made when the order is paid or confirmed.
CREATE TABLE fulfilments (
	id               BINARY(16) NOT NULL,
	order_id         BINARY(16) NOT NULL,
	merchant_id      BINARY(16) NOT NULL,
	status           ENUM('pending', 'packed', 'shipped', 'delivered', 'cancelled', 'returned') NOT NULL DEFAULT 'pending',
	carrier          VARCHAR(64) NULL,
	tracking         VARCHAR(100) COLLATE utf8mb4_bin NULL,
	-- why it was cancelled or came back
	reason           VARCHAR(500) NULL,
	-- what of the order's payment was claimed back for it when it was cancelled or came back
	refunded_minor   BIGINT NOT NULL DEFAULT 0,
	-- the cash that its carrier brought, shipping included
	collected_minor  BIGINT NOT NULL DEFAULT 0,
	collected_at     DATETIME(3) NULL,
	packed_at        DATETIME(3) NULL,
	shipped_at       DATETIME(3) NULL,
	delivered_at     DATETIME(3) NULL,
	-- when it was cancelled or had come back
	ended_at         DATETIME(3) NULL,
	-- when a job looks at it next: nobody says that it arrived, or its order may be completed
	due_at           DATETIME(3) NULL,
	created_at       DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at       DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
	updated_by       BINARY(16) NULL,
	CONSTRAINT pk_fulfilments PRIMARY KEY (id),
	-- the parts of an order: one for each of its sellers
	CONSTRAINT uq_fulfilments_order UNIQUE (order_id, merchant_id),
	-- what its job has to look at
	INDEX ix_fulfilments_due (due_at),
	CONSTRAINT fk_fulfilments_part FOREIGN KEY (order_id, merchant_id) REFERENCES order_merchants (order_id, merchant_id)
		ON DELETE RESTRICT,
	CONSTRAINT ck_fulfilments_refunded CHECK (refunded_minor >= 0),
	CONSTRAINT ck_fulfilments_collected CHECK (collected_minor >= 0),
	CONSTRAINT ck_fulfilments_shipped CHECK (status NOT IN ('shipped', 'delivered', 'returned') OR shipped_at IS NOT NULL)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
