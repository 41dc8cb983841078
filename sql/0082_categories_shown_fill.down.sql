UPDATE categories SET updated_at = updated_at, is_shown = TRUE WHERE NOT is_shown;
