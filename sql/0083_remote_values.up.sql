-- What was fetched from others and is kept for a while, sealed: tokens of providers, certificates that sign webhooks.  Who
-- fetches holds the row until fetching_until.
CREATE TABLE remote_values (
	name            VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	value           MEDIUMBLOB NULL,
	valid_until     DATETIME(3) NULL,
	fetching_until  DATETIME(3) NULL,
	CONSTRAINT pk_remote_values PRIMARY KEY (name),
	CONSTRAINT ck_remote_values_value CHECK ((value IS NULL) = (valid_until IS NULL) AND LENGTH(value) <= 65600)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
