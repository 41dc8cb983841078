-- Written with the event by the server itself: no round trip.  A refund tells its payment, which knows the order.
CREATE TRIGGER order_timeline_write AFTER INSERT ON events FOR EACH ROW
	INSERT INTO order_timeline (order_id, event_id, type, subject_id, merchant_id, actor_id, created_at)
	SELECT o.id, NEW.id, NEW.type, NEW.aggregate_id,
		IF(NEW.aggregate_type IN ('fulfilment', 'return'), UNHEX(REPLACE(JSON_VALUE(NEW.payload, '$.merchant_id'), '-', '')), NULL),
		NEW.actor_id, NEW.created_at
	FROM orders o
	WHERE NEW.aggregate_type IN ('payment', 'refund', 'fulfilment', 'return')
		AND o.id = IF(NEW.aggregate_type = 'refund',
			(SELECT p.order_id FROM payments p WHERE p.id = UNHEX(REPLACE(JSON_VALUE(NEW.payload, '$.payment_id'), '-', ''))),
			UNHEX(REPLACE(JSON_VALUE(NEW.payload, '$.order_id'), '-', '')));
