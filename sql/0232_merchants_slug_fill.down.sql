UPDATE merchants SET updated_at = updated_at, slug = NULL;
