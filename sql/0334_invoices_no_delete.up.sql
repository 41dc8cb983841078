-- And never deleted: numbers have no gaps.
CREATE TRIGGER invoices_no_delete BEFORE DELETE ON invoices FOR EACH ROW
	SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'rows of ''invoices'' are never deleted';
