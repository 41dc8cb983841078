DROP TABLE order_gates;
