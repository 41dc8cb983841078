ALTER TABLE mails
	-- what was told of a thing already
	ADD INDEX ix_mails_about (about_id, kind, id);
