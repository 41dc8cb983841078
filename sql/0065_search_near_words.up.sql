-- Each word of five letters and more under itself, and under itself without one of its letters: two words that differ by one
-- letter meet under one of these.
CREATE TABLE search_near_words (
	near_key  VARBINARY(64) NOT NULL,
	word      INT UNSIGNED NOT NULL,
	-- the words that may be meant by one with a wrong letter
	CONSTRAINT pk_search_near_words PRIMARY KEY (near_key, word)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
