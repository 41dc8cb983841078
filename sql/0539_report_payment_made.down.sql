DROP TRIGGER report_payment_made;
