-- An invoice that was given out is never changed: what is given back has a credit note.
CREATE TRIGGER invoices_no_update BEFORE UPDATE ON invoices FOR EACH ROW
	SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'rows of ''invoices'' are never changed';
