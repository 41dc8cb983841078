-- Who may take back cancel_at_period_end: the customer, if they have asked for it; else the other side.
ALTER TABLE subscriptions
	ADD COLUMN ended_by_customer BOOLEAN NOT NULL DEFAULT FALSE;
