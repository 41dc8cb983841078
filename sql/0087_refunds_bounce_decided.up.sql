-- A bounced refund of which somebody has decided: it was made again, or let be.
ALTER TABLE refunds ADD COLUMN bounce_decided_at DATETIME(3) NULL;
