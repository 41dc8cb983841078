-- Of those that are open; nobody asks it of the others.
UPDATE orders o SET o.updated_at = o.updated_at, o.units = (SELECT SUM(l.quantity) FROM order_lines l WHERE l.order_id = o.id)
WHERE o.status = 'pending';
