ALTER TABLE mails
	MODIFY COLUMN recipient_kind ENUM('user', 'payer') NOT NULL;
