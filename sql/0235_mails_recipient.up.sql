ALTER TABLE mails
	-- the letters to somebody who is forgotten
	ADD INDEX ix_mails_recipient (recipient_id, id);
