DROP TRIGGER audit_records_no_delete;
