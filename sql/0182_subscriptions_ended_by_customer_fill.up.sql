-- Who had asked for the end before that was written down stands in the audit trail: what the customer has asked for, if only beside
-- others, nobody else takes back.  Where the trail tells nothing, it was the customer.
UPDATE subscriptions s SET s.updated_at = s.updated_at, s.ended_by_customer = TRUE
WHERE s.cancel_at_period_end AND IFNULL((SELECT MAX(a.actor_id <=> s.user_id) FROM audit_records a
	WHERE a.subject_id = s.id AND a.action = 'subscription.cancelled'), TRUE);
