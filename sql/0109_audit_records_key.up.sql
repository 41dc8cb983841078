-- The API key that did it; NULL where it was a person, or the system.
ALTER TABLE audit_records
	ADD COLUMN api_key_id BINARY(16) NULL AFTER actor_role,
	-- what was done by one key
	ADD INDEX ix_audit_records_key (api_key_id, id);
