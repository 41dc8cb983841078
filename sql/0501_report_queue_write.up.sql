-- Written by the server itself: no round trip, and whoever posts can not forget it.
CREATE TRIGGER report_queue_write AFTER INSERT ON ledger_transactions FOR EACH ROW
	INSERT INTO report_queue (transaction_id) VALUES (NEW.id) ON DUPLICATE KEY UPDATE transaction_id = NEW.id;
