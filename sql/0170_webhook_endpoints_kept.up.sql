ALTER TABLE webhook_endpoints
	-- what was kept until then has its whole time from then on
	ADD COLUMN enabled_at DATETIME(3) NULL AFTER disabled_reason,
	-- nobody finds it any more; a job removes what it still was to get, and then the row
	ADD COLUMN deleted_at DATETIME(3) NULL;
