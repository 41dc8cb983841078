ALTER TABLE merchants
	DROP CONSTRAINT ck_merchants_metadata,
	DROP CONSTRAINT ck_merchants_rate_limit,
	DROP COLUMN version,
	DROP COLUMN metadata,
	DROP COLUMN rate_limit,
	DROP COLUMN commission_percent;
