-- What refunds count on the day of sale: for what came back later than in its sale's quarter of an hour there are two more rows of
-- moved, one that takes it from when it was posted, and one that puts it where it was sold; together they are nothing.
-- And what was taxed where: lines alone.
ALTER TABLE report_facts
	ADD COLUMN moved BOOLEAN NOT NULL DEFAULT FALSE AFTER quarter,
	ADD COLUMN tax_country CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '' AFTER provider,
	ADD COLUMN tax_rate VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '' AFTER tax_country,
	-- what a customer has bought
	ADD INDEX ix_report_facts_user (user_id);
