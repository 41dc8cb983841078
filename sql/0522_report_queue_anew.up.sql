-- All that was posted is counted again: 0512.
INSERT IGNORE INTO report_queue (transaction_id) SELECT id FROM ledger_transactions;
