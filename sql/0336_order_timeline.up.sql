-- What happened around an order: its payments, refunds, parts and returns, each event by its name; for as long as the order, while
-- events go after some months.  No foreign key: writing it must lock nothing of the order.
CREATE TABLE order_timeline (
	order_id     BINARY(16) NOT NULL,
	event_id     BINARY(16) NOT NULL,
	type         VARCHAR(64) COLLATE utf8mb4_bin NOT NULL,
	subject_id   BINARY(16) NOT NULL,
	merchant_id  BINARY(16) NULL,
	actor_id     BINARY(16) NULL,
	created_at   DATETIME(6) NOT NULL,
	-- the timeline of an order
	CONSTRAINT pk_order_timeline PRIMARY KEY (order_id, event_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
