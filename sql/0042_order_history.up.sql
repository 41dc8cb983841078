-- What has happened to an order, with its whole state after each event: a copy of its events that stays as long as the order,
-- while events go after some months.
CREATE TABLE order_history (
	order_id    BINARY(16) NOT NULL,
	event_id    BINARY(16) NOT NULL,
	type        VARCHAR(64) COLLATE utf8mb4_bin NOT NULL,
	state       JSON NOT NULL,
	actor_id    BINARY(16) NULL,
	created_at  DATETIME(6) NOT NULL,
	-- the history of an order
	CONSTRAINT pk_order_history PRIMARY KEY (order_id, event_id),
	CONSTRAINT fk_order_history_order FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
