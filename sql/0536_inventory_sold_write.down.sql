DROP TRIGGER inventory_sold_write;
