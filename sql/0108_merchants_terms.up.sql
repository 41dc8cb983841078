-- What is agreed with one merchant: how often its API keys may call in a minute (NULL: as configured), its commission as people read
-- it; and what integrators keep with it.
ALTER TABLE merchants
	ADD COLUMN commission_percent DECIMAL(5, 2) GENERATED ALWAYS AS (commission_basis_points / 100) VIRTUAL AFTER commission_basis_points,
	ADD COLUMN rate_limit INT NULL AFTER commission_percent,
	ADD COLUMN metadata JSON NOT NULL DEFAULT '{}' AFTER rate_limit,
	ADD COLUMN version BIGINT NOT NULL DEFAULT 1 AFTER metadata,
	ADD CONSTRAINT ck_merchants_rate_limit CHECK (rate_limit BETWEEN 1 AND 10000),
	ADD CONSTRAINT ck_merchants_metadata CHECK (JSON_LENGTH(metadata) <= 50);
