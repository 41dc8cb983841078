-- Written with the payment by the server itself: of what is over as it is made.
CREATE TRIGGER report_payment_made AFTER INSERT ON payments FOR EACH ROW
	INSERT INTO report_payment_queue (payment_id) SELECT NEW.id FROM DUAL WHERE NEW.status NOT IN ('pending', 'requires_action', 'processing');
