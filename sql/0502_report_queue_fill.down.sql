DELETE FROM report_queue;
