-- Fees of disputes that a settlement file has told, and that its row has posted, since no dispute tells them (yet).
CREATE TABLE filed_dispute_fees (
	-- the row of the file, whose id is the source of what is posted
	row_id      BINARY(16) NOT NULL,
	provider    VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	-- as the file names the dispute, or what was paid; NULL: it names only the payment
	named       VARCHAR(191) CHARACTER SET ascii COLLATE ascii_bin NULL,
	payment_id  BINARY(16) NULL,
	-- the transaction that takes it back, since the dispute has posted it; NULL: it stands
	undone_by   BINARY(16) NULL,
	CONSTRAINT pk_filed_dispute_fees PRIMARY KEY (row_id),
	CONSTRAINT uq_filed_dispute_fees_undone UNIQUE (undone_by),
	-- what a dispute takes back: by its name or its charge, or by its payment
	INDEX ix_filed_dispute_fees_named (provider, named),
	INDEX ix_filed_dispute_fees_payment (payment_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
