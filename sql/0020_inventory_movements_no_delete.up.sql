-- inventory_movements is append-only: a mistake is set right by another row.
CREATE TRIGGER inventory_movements_no_delete BEFORE DELETE ON inventory_movements FOR EACH ROW
	SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'rows of ''inventory_movements'' are never deleted';
