-- One row, which counts the changes of `blocks`: workers ask for it every few seconds, and for the networks when it is another.  Who
-- changes a block locks it first.
CREATE TABLE block_list (
	the_one  TINYINT NOT NULL,
	version  BIGINT NOT NULL,
	CONSTRAINT pk_block_list PRIMARY KEY (the_one),
	CONSTRAINT ck_block_list_the_one CHECK (the_one = 1)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
