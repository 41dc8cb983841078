DROP TRIGGER invoices_no_delete;
