INSERT IGNORE INTO report_queue (transaction_id) SELECT id FROM ledger_transactions;
