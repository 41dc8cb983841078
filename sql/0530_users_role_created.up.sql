-- Customers that came within a time: the dashboard.
ALTER TABLE users ADD INDEX ix_users_role_created (role, created_at);
