DROP TRIGGER report_queue_write;
