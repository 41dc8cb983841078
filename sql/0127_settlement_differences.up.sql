-- Where a settlement file and what is known here do not agree.
CREATE TABLE settlement_differences (
	id             BINARY(16) NOT NULL,
	settlement_id  BINARY(16) NOT NULL,
	-- of the file's row; NULL: the file has none
	number         BIGINT NULL,
	kind           ENUM('missing_here', 'missing_there', 'amount', 'fee', 'currency', 'status', 'duplicate', 'unknown_kind',
	               'malformed') NOT NULL,
	row_key        VARCHAR(191) CHARACTER SET ascii COLLATE ascii_bin NULL,
	payment_id     BINARY(16) NULL,
	refund_id      BINARY(16) NULL,
	dispute_id     BINARY(16) NULL,
	-- what the file says, and what is known here: an amount with its currency, a status, a word
	theirs         VARCHAR(191) NULL,
	ours           VARCHAR(191) NULL,
	CONSTRAINT pk_settlement_differences PRIMARY KEY (id),
	-- a file's, in the order of its rows
	INDEX ix_settlement_differences_settlement (settlement_id, id),
	-- those of a kind
	INDEX ix_settlement_differences_kind (settlement_id, kind, id),
	CONSTRAINT fk_settlement_differences_settlement FOREIGN KEY (settlement_id) REFERENCES settlements (id) ON DELETE RESTRICT
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
