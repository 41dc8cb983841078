-- A refund that was asked for here, one that was made at the provider's desk, or what of cash nobody will collect, which moves no money.
ALTER TABLE refunds ADD COLUMN kind ENUM('refund', 'desk', 'not_collected') NOT NULL DEFAULT 'refund';
