ALTER TABLE report_quarters DROP PRIMARY KEY, ADD CONSTRAINT pk_report_quarters PRIMARY KEY (merchant_id, currency, quarter), DROP COLUMN moved;
