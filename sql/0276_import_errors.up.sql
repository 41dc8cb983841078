-- What is wrong with the rows of an import: the first thousand.
CREATE TABLE import_errors (
	import_id  BINARY(16) NOT NULL,
	number     BIGINT NOT NULL,
	place      INT NOT NULL,
	member     VARCHAR(200) NULL,
	message    VARCHAR(500) NOT NULL,
	-- an import's, by row
	CONSTRAINT pk_import_errors PRIMARY KEY (import_id, number, place),
	CONSTRAINT fk_import_errors_import FOREIGN KEY (import_id) REFERENCES imports (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
