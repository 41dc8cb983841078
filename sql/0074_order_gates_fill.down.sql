DELETE FROM order_gates;
