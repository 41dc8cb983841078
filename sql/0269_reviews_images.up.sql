-- The pictures and videos that its author shows, as answers print them.
ALTER TABLE reviews ADD COLUMN images JSON NOT NULL DEFAULT '[]' AFTER text;
