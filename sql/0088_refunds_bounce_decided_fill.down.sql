UPDATE refunds SET updated_at = updated_at, bounce_decided_at = NULL WHERE bounce_decided_at IS NOT NULL;
