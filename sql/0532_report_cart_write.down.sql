DROP TRIGGER report_cart_write;
