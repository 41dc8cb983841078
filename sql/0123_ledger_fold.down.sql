DROP TABLE ledger_fold;
