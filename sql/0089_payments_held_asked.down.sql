UPDATE payments SET updated_at = updated_at, next_check_at = NULL WHERE hold_reason IS NOT NULL;
