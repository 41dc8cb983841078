-- Networks that get no answer but 403.  `network` is the text that stands for it; its addresses, in IPv6's form, are those from
-- first_address to last_address.
CREATE TABLE blocks (
	id             BINARY(16) NOT NULL,
	network        VARCHAR(49) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	first_address  BINARY(16) NOT NULL,
	last_address   BINARY(16) NOT NULL,
	reason         VARCHAR(500) NOT NULL,
	ends_at        DATETIME(3) NULL,
	created_at     DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at     DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
	created_by     BINARY(16) NULL,
	updated_by     BINARY(16) NULL,
	CONSTRAINT pk_blocks PRIMARY KEY (id),
	-- one row a network
	CONSTRAINT uq_blocks_network UNIQUE (network),
	-- WHERE first_address <= ? AND last_address >= ?: those that hold an address
	KEY ix_blocks_addresses (first_address, last_address),
	-- WHERE ends_at < ?: to be purged
	KEY ix_blocks_ends (ends_at),
	CONSTRAINT fk_blocks_created_by FOREIGN KEY (created_by) REFERENCES users (id),
	CONSTRAINT fk_blocks_updated_by FOREIGN KEY (updated_by) REFERENCES users (id),
	CONSTRAINT ck_blocks_addresses CHECK (first_address <= last_address)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
