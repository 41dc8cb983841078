-- Refunds of a status, newest first.
ALTER TABLE refunds ADD INDEX ix_refunds_status (status, id);
