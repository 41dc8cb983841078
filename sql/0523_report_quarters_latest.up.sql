-- What a rebuild writes anew, and `haatctl check` asks: all merchants' quarters of a day.
ALTER TABLE report_quarters ADD INDEX ix_report_quarters_latest (quarter);
