-- Whether the category and all above it are active, so that a list by category finds that in the row that its slug or its id
-- leads to.  Written with is_active, and with a move.
ALTER TABLE categories ADD COLUMN is_shown BOOLEAN NOT NULL DEFAULT TRUE AFTER is_active;
