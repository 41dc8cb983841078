DROP TRIGGER invoices_no_update;
