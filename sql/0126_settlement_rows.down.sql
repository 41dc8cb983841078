DROP TABLE settlement_rows;
