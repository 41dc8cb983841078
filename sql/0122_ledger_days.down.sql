DROP TABLE ledger_days;
