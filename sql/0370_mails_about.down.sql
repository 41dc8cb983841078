ALTER TABLE mails
	DROP INDEX ix_mails_about;
