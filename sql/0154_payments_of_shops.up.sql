ALTER TABLE payments
	-- the payments of a shop's subscriptions, newest first
	ADD INDEX ix_payments_merchant_purpose (merchant_id, purpose_kind, id);
