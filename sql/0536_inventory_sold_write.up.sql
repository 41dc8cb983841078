-- Written with the movement by the server itself: its row is locked by then, and no sale can forget it.
CREATE TRIGGER inventory_sold_write AFTER INSERT ON inventory_movements FOR EACH ROW
	UPDATE inventory SET last_sold_at = GREATEST(IFNULL(last_sold_at, NEW.created_at), NEW.created_at), updated_at = updated_at
	WHERE variant_id = NEW.variant_id AND NEW.reason = 'sale';
