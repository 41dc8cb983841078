DROP TABLE risk_rules;
