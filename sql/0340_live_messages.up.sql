-- What browsers were told of orders, a row for each who hears it: what they missed is read from here.  `hearer` is the order's
-- customer, a seller of it (merchants.id), or zeros for staff, who hear of all.  Positions are those of the fan-out
-- (event_cursors).  Kept for a day.  No foreign keys: writing it must lock nothing of the order.
CREATE TABLE live_messages (
	hearer      BINARY(16) NOT NULL,
	position    BIGINT NOT NULL,
	order_id    BINARY(16) NOT NULL,
	event_id    BINARY(16) NOT NULL,
	type        VARCHAR(64) COLLATE utf8mb4_bin NOT NULL,
	created_at  DATETIME(6) NOT NULL,
	-- what one hearer missed
	CONSTRAINT pk_live_messages PRIMARY KEY (hearer, position),
	-- what one hearer missed of one order
	INDEX ix_live_messages_order (order_id, hearer, position),
	-- where an event stands
	INDEX ix_live_messages_event (event_id, hearer),
	-- what is to be published now
	INDEX ix_live_messages_position (position),
	-- the purge
	INDEX ix_live_messages_created (created_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
