-- Where the picture that they have chosen is served in a small size; NULL: there is none, or it is not ready.  And which pages of
-- the administration they get to see, names with commas between; empty: all that their permissions open.
ALTER TABLE users
	ADD COLUMN avatar VARCHAR(1000) COLLATE utf8mb4_bin NULL AFTER locale,
	ADD COLUMN assigned_modules VARCHAR(1000) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '' AFTER avatar;
