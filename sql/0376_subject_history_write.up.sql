-- Written with the event by the server itself: no round trip, and no event of them that their history lacks.
CREATE TRIGGER subject_history_write AFTER INSERT ON events FOR EACH ROW
	INSERT INTO subject_history (subject_id, event_id, type, state, actor_id, created_at)
	SELECT NEW.aggregate_id, NEW.id, NEW.type, NEW.payload, NEW.actor_id, NEW.created_at
	FROM DUAL WHERE NEW.aggregate_type IN ('payment', 'refund', 'dispute', 'fulfilment', 'return');
