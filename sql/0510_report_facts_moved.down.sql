ALTER TABLE report_facts DROP INDEX ix_report_facts_user, DROP COLUMN tax_rate, DROP COLUMN tax_country, DROP COLUMN moved;
