DROP TRIGGER report_payment_moved;
