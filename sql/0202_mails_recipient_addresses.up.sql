-- Also rows of one_time_tokens and former_emails have addresses.
ALTER TABLE mails
	MODIFY COLUMN recipient_kind ENUM('user', 'payer', 'token', 'former') NOT NULL;
