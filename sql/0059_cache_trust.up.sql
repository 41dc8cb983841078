-- One row: the epoch that documents in memcached are made under, and since when none of them may be believed (NULL: they may).
CREATE TABLE cache_trust (
	the_one  TINYINT NOT NULL,
	epoch    BIGINT NOT NULL,
	lost_at  DATETIME(3) NULL,
	CONSTRAINT pk_cache_trust PRIMARY KEY (the_one),
	CONSTRAINT ck_cache_trust_the_one CHECK (the_one = 1)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
