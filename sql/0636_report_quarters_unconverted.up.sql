-- Each report of all currencies says what had no rate: most often nothing, for which no year of rows is to be read.
ALTER TABLE report_quarters
	ADD COLUMN has_unconverted TINYINT GENERATED ALWAYS AS (IF(unconverted_minor <> 0, 1, NULL)) VIRTUAL,
	-- what had no rate in a range
	ADD INDEX ix_report_quarters_unconverted (merchant_id, has_unconverted, quarter);
