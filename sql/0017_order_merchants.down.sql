DROP TABLE order_merchants;
