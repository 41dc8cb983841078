-- What the provider calls the coming charge of which it has told the payer's bank: its events name that.
ALTER TABLE subscriptions
	ADD COLUMN notice_transaction VARCHAR(191) COLLATE utf8mb4_bin NULL,
	ADD KEY ix_subscriptions_notice (notice_transaction) COMMENT 'whose notice an event says was lost: SELECT id WHERE notice_transaction = ?';
