-- What disputes cost is a kind of its own: what is known here has posted it already.
ALTER TABLE settlement_sums MODIFY kind ENUM('payment', 'refund', 'refund_bounced', 'dispute', 'dispute_won', 'fee', 'payout', 'other', 'unknown', 'dispute_fee') NOT NULL;
