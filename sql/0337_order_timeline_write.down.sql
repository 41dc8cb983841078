DROP TRIGGER order_timeline_write;
