-- What has happened to a payment, refund, dispute, fulfilment or return, with its whole state after each event: a copy of its events
-- that stays as long as the thing, while events go after some months.
CREATE TABLE subject_history (
	subject_id  BINARY(16) NOT NULL,
	event_id    BINARY(16) NOT NULL,
	type        VARCHAR(64) COLLATE utf8mb4_bin NOT NULL,
	state       JSON NOT NULL,
	actor_id    BINARY(16) NULL,
	created_at  DATETIME(6) NOT NULL,
	-- the history of one of them
	CONSTRAINT pk_subject_history PRIMARY KEY (subject_id, event_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
