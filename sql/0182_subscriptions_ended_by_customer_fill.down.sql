UPDATE subscriptions SET updated_at = updated_at, ended_by_customer = FALSE WHERE ended_by_customer;
