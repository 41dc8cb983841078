ALTER TABLE report_quarters DROP INDEX ix_report_quarters_unconverted, DROP COLUMN has_unconverted;
