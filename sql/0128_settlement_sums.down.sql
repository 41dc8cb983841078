DROP TABLE settlement_sums;
