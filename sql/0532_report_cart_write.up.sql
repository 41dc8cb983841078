-- Written with the event by the server itself: no round trip.  A guest's cart that came to its owner was counted before.
CREATE TRIGGER report_cart_write AFTER INSERT ON events FOR EACH ROW
	INSERT INTO report_cart_queue (event_id, currency, quarter)
	SELECT NEW.id, JSON_VALUE(NEW.payload, '$.currency'),
		CAST(DATE_FORMAT(NEW.created_at, '%Y-%m-%d %H:00:00') AS DATETIME) + INTERVAL MINUTE(NEW.created_at) DIV 15 * 15 MINUTE
	FROM DUAL WHERE NEW.type = 'cart.started' AND JSON_VALUE(NEW.payload, '$.currency') IS NOT NULL
		AND NOT IFNULL(JSON_CONTAINS(NEW.payload, 'true', '$.merged'), FALSE);
