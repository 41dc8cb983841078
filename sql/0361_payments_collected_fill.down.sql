UPDATE payments SET collected_minor = 0, collected_at = NULL, updated_at = updated_at WHERE collected_at IS NOT NULL;
