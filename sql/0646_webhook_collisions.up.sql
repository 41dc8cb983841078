-- What came under the id of another event: the first such payload, without what the provider's row calls private, to be held against
-- the one that was kept.  The event's row counts them all, and takes this one along when it is deleted.
CREATE TABLE webhook_collisions (
	-- the event that has the id
	id           BINARY(16) NOT NULL,
	payload      LONGBLOB NOT NULL,
	received_at  DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	CONSTRAINT pk_webhook_collisions PRIMARY KEY (id),
	CONSTRAINT fk_webhook_collisions_event FOREIGN KEY (id) REFERENCES webhook_events (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
