-- What the ledger says of a dispute: the ids are sources of its transactions.  What changes is undone and posted anew.
CREATE TABLE dispute_postings (
	id            BINARY(16) NOT NULL,
	dispute_id    BINARY(16) NOT NULL,
	-- hold: from who earned it into the disputed account; take: from there to the provider; fee: the provider's;
	-- charge: that fee to the merchants; settle, convert: what is left in the disputed accounts of a lost one
	kind          ENUM('hold', 'take', 'fee', 'charge', 'settle', 'convert') NOT NULL,
	amount_minor  BIGINT NOT NULL,
	currency      CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	undone_by     BINARY(16) NULL,
	created_at    DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	-- 1 until it is undone, else NULL: a unique key lets any number of those be
	live          TINYINT GENERATED ALWAYS AS (IF(undone_by IS NULL, 1, NULL)) VIRTUAL,
	CONSTRAINT pk_dispute_postings PRIMARY KEY (id),
	-- one of a kind stands
	CONSTRAINT uq_dispute_postings_live UNIQUE (dispute_id, kind, live),
	-- whose transaction it is that undoes
	CONSTRAINT uq_dispute_postings_undone UNIQUE (undone_by),
	CONSTRAINT fk_dispute_postings_dispute FOREIGN KEY (dispute_id) REFERENCES disputes (id) ON DELETE RESTRICT,
	CONSTRAINT ck_dispute_postings_amount CHECK (amount_minor <> 0)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
