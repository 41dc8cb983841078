-- audit_records is append-only: a mistake is set right by another row.
CREATE TRIGGER audit_records_no_delete BEFORE DELETE ON audit_records FOR EACH ROW
	SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'rows of ''audit_records'' are never deleted';
