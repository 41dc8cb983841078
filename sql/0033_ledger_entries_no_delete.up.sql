-- ledger_entries is append-only: a mistake is set right by another row.
CREATE TRIGGER ledger_entries_no_delete BEFORE DELETE ON ledger_entries FOR EACH ROW
	SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'rows of ''ledger_entries'' are never deleted';
