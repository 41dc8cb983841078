DROP TABLE imported_orders;
