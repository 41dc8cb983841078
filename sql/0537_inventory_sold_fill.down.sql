UPDATE inventory SET last_sold_at = NULL, updated_at = updated_at;
