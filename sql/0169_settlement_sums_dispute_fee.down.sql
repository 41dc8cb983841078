ALTER TABLE settlement_sums MODIFY kind ENUM('payment', 'refund', 'refund_bounced', 'dispute', 'dispute_won', 'fee', 'payout', 'other', 'unknown') NOT NULL;
