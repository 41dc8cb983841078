DROP TABLE report_cart_queue;
