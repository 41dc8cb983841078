ALTER TABLE settlement_rows MODIFY kind ENUM('payment', 'refund', 'refund_bounced', 'dispute', 'dispute_won', 'fee', 'payout', 'other', 'unknown') NOT NULL;
