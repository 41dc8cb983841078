-- What is still known of before.
INSERT IGNORE INTO subject_history (subject_id, event_id, type, state, actor_id, created_at)
	SELECT aggregate_id, id, type, payload, actor_id, created_at FROM events
	WHERE aggregate_type IN ('payment', 'refund', 'dispute', 'fulfilment', 'return');
