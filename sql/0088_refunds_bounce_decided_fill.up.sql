-- What bounced before, of payments that are held no longer for it.
UPDATE refunds r JOIN payments p ON p.id = r.payment_id
SET r.updated_at = r.updated_at, r.bounce_decided_at = r.updated_at
WHERE r.status = 'bounced' AND IFNULL(p.hold_reason, '') NOT LIKE 'refund_bounced%';
