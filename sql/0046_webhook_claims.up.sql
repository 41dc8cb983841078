-- An event of which only the provider can tell whether it is genuine claims its id until it was asked, and does not have it: a
-- forged event must not stand in the way of the true one.  `claim` is a hash of its signatures and its body; empty for the one
-- event that has the id.  One that nobody could confirm is dead with its signatures, so that it can be asked about again.
ALTER TABLE webhook_events
	ADD COLUMN claim VARBINARY(32) NOT NULL DEFAULT '' AFTER event_id,
	DROP INDEX uq_webhook_events_event,
	-- was it here before?
	ADD CONSTRAINT uq_webhook_events_event UNIQUE (provider, event_id, claim),
	DROP CONSTRAINT ck_webhook_events_signatures,
	ADD CONSTRAINT ck_webhook_events_signatures CHECK (
		(status <> 'unverified' OR signatures IS NOT NULL) AND
		(signatures IS NULL OR (status IN ('unverified', 'dead') AND claim <> '')));
