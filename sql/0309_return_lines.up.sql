-- How many of which line are sent back, and how many of these were accepted.
CREATE TABLE return_lines (
	return_id  BINARY(16) NOT NULL,
	line_id    BINARY(16) NOT NULL,
	quantity   INT NOT NULL,
	reason     VARCHAR(500) NULL,
	-- NULL: it has not been received
	accepted   INT NULL,
	restocked  BOOLEAN NULL,
	CONSTRAINT pk_return_lines PRIMARY KEY (return_id, line_id),
	-- what is on its way back of a line, or is back
	INDEX ix_return_lines_line (line_id, return_id),
	CONSTRAINT fk_return_lines_return FOREIGN KEY (return_id) REFERENCES returns (id) ON DELETE RESTRICT,
	CONSTRAINT fk_return_lines_line FOREIGN KEY (line_id) REFERENCES order_lines (id) ON DELETE RESTRICT,
	CONSTRAINT ck_return_lines_quantity CHECK (quantity > 0),
	CONSTRAINT ck_return_lines_accepted CHECK (accepted BETWEEN 0 AND quantity)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
