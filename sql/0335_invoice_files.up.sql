-- PDFs that somebody has asked for lately: each of a set of invoices, by the digest of their ids, from which it can be made again.
CREATE TABLE invoice_files (
	digest    BINARY(32) NOT NULL,
	order_id  BINARY(16) NOT NULL,
	asked_at  DATETIME(3) NOT NULL,
	pdf       MEDIUMBLOB NULL,
	CONSTRAINT pk_invoice_files PRIMARY KEY (digest),
	-- those that the purge forgets
	INDEX ix_invoice_files_asked (asked_at),
	-- the foreign key's own
	INDEX ix_invoice_files_order (order_id),
	CONSTRAINT fk_invoice_files_order FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
