-- What the payer's bank is told of before a stored method is debited, where it must be.
ALTER TABLE subscriptions
	-- the period that it was told of, or is to be; 0: none yet
	ADD COLUMN notice_number INT NOT NULL DEFAULT 0,
	-- the reference of the payment under which that period will be charged
	ADD COLUMN notice_reference VARCHAR(20) COLLATE utf8mb4_bin NULL,
	-- when it is told, or told again; NULL: it was told, or will not be
	ADD COLUMN notice_try_at DATETIME(3) NULL;
