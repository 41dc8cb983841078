DROP TRIGGER order_history_write;
