ALTER TABLE users DROP INDEX ix_users_role_created;
