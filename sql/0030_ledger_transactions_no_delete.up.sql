-- ledger_transactions is append-only: a mistake is set right by another row.
CREATE TRIGGER ledger_transactions_no_delete BEFORE DELETE ON ledger_transactions FOR EACH ROW
	SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'rows of ''ledger_transactions'' are never deleted';
