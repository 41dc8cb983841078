-- What is known of who asked to pay, what was made of it before the provider was called, and what a person decided.  An address is
-- its IPv4 as ::ffff:a.b.c.d, or its /64; its network the /24 or /48 around it, in that country; a place is a digest of the door where goods go.
ALTER TABLE payments
	ADD risk_address BINARY(16) NULL,
	ADD risk_network BINARY(16) NULL,
	ADD risk_country CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NULL,
	ADD risk_session BINARY(16) NULL,
	ADD risk_place BINARY(16) NULL,
	-- the payer's account was younger than a day
	ADD risk_young BOOLEAN NULL,
	ADD risk_score TINYINT UNSIGNED NULL,
	-- the signals that gave points, joined by commas; and all that was measured, as name:value
	ADD risk_signals VARCHAR(500) CHARACTER SET ascii COLLATE ascii_bin NULL,
	ADD risk_facts VARCHAR(1000) CHARACTER SET ascii COLLATE ascii_bin NULL,
	ADD review ENUM('pending', 'approved', 'declined') NULL,
	ADD reviewed_at DATETIME(3) NULL,
	ADD reviewed_by BINARY(16) NULL,
	ADD review_reason VARCHAR(500) NULL,
	-- 1: not paid, 0: paid; cash is neither
	ADD risk_unpaid TINYINT GENERATED ALWAYS AS (IF(provider = 'cod', NULL,
		status IN ('pending', 'requires_action', 'processing', 'failed', 'cancelled', 'expired'))) VIRTUAL,
	-- 1: somebody has to look at it
	ADD under_review TINYINT GENERATED ALWAYS AS
		(IF(review = 'pending' AND status NOT IN ('failed', 'cancelled', 'expired'), 1, NULL)) VIRTUAL,
	-- attempts from an address in a window, paid and not
	ADD INDEX ix_payments_risk_address (risk_address, risk_unpaid, created_at),
	-- the same of a network
	ADD INDEX ix_payments_risk_network (risk_network, risk_unpaid, created_at),
	-- young accounts of a network
	ADD INDEX ix_payments_risk_young (risk_network, risk_young, created_at, user_id),
	-- young accounts that have goods sent to one door
	ADD INDEX ix_payments_risk_place (risk_place, risk_young, created_at, user_id),
	-- what waits for a person: GET /payments?risk=review, /metrics
	ADD INDEX ix_payments_review (under_review, id),
	ADD CONSTRAINT ck_payments_review CHECK (IFNULL(review IN ('approved', 'declined'), 0) = (reviewed_at IS NOT NULL));
