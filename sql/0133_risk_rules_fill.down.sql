DELETE FROM risk_rules WHERE created_by IS NULL;
