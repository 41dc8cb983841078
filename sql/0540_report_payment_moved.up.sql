-- The same of one that ends, or has another end.
CREATE TRIGGER report_payment_moved AFTER UPDATE ON payments FOR EACH ROW
	INSERT INTO report_payment_queue (payment_id) SELECT NEW.id FROM DUAL
	WHERE NEW.status <> OLD.status AND (NEW.status NOT IN ('pending', 'requires_action', 'processing') OR OLD.status NOT IN ('pending', 'requires_action', 'processing'));
