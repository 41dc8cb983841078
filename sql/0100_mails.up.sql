-- The letters that we write, one row each: what about and to whom by id, never an address or a word of it.
CREATE TABLE mails (
	id              BINARY(16) NOT NULL,
	kind            VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	-- the event that brings it
	cause_id        BINARY(16) NOT NULL,
	-- what it is about: the merchant, payment, payout, subscription
	about_id        BINARY(16) NOT NULL,
	-- the row that has the address: of users, or of payment_requests
	recipient_kind  ENUM('user', 'payer') NOT NULL,
	recipient_id    BINARY(16) NOT NULL,
	-- dropped: nobody is there to read it, or it is not true any more
	status          ENUM('waiting', 'sent', 'dead', 'dropped') NOT NULL DEFAULT 'waiting',
	-- what the mail server said last, or why it was dropped
	outcome         VARCHAR(200) NULL,
	sent_at         DATETIME(3) NULL,
	created_at      DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at      DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
	CONSTRAINT pk_mails PRIMARY KEY (id),
	-- one letter of a kind to one person for one cause
	CONSTRAINT uq_mails_once UNIQUE (cause_id, recipient_id, kind),
	-- the list by status, newest first
	INDEX ix_mails_status (status, id),
	CONSTRAINT ck_mails_sent CHECK ((status = 'sent') = (sent_at IS NOT NULL))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
