ALTER TABLE report_quarters
	ADD COLUMN moved BOOLEAN NOT NULL DEFAULT FALSE AFTER quarter,
	DROP PRIMARY KEY,
	ADD CONSTRAINT pk_report_quarters PRIMARY KEY (merchant_id, currency, quarter, moved);
