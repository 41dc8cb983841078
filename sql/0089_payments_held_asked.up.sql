-- Payments were held without a note of what came or of what bounced, and the refunds of successful ones were never compared: their
-- providers are asked again, about the held ones at once and about the others spread over a day.
UPDATE payments SET updated_at = updated_at, checks = 0,
	next_check_at = IF(hold_reason IS NOT NULL, NOW(3), NOW(3) + INTERVAL MOD(CRC32(id), 86400) SECOND)
WHERE hold_reason IS NOT NULL
	OR (status IN ('succeeded', 'partially_refunded', 'refunded') AND next_check_at IS NULL AND provider_transaction_id IS NOT NULL
	AND succeeded_at > NOW(3) - INTERVAL 90 DAY);
