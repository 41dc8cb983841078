DROP TABLE risk_amounts;
