DROP TABLE risk_hours;
