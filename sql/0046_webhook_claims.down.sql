-- Refused while dead events wait that were never confirmed, or while two events claim one id: drop or replay those first.
ALTER TABLE webhook_events
	DROP CONSTRAINT ck_webhook_events_signatures,
	DROP INDEX uq_webhook_events_event,
	DROP COLUMN claim,
	ADD CONSTRAINT uq_webhook_events_event UNIQUE (provider, event_id),
	ADD CONSTRAINT ck_webhook_events_signatures CHECK ((status = 'unverified') = (signatures IS NOT NULL));
