-- The three characters from each place of a user's e-mail address, name and phone number on (fewer at the end), so that staff
-- find somebody by any part of them: every part of three or more holds such a gram, every shorter one begins one.  Kept by
-- triggers of users.
CREATE TABLE user_grams (
	gram     VARCHAR(3) COLLATE utf8mb4_general_ci NOT NULL,
	user_id  BINARY(16) NOT NULL,
	-- who has the gram, newest last
	CONSTRAINT pk_user_grams PRIMARY KEY (gram, user_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
