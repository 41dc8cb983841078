ALTER TABLE audit_records
	DROP INDEX ix_audit_records_key,
	DROP COLUMN api_key_id;
