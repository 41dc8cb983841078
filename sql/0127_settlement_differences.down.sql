DROP TABLE settlement_differences;
