ALTER TABLE users DROP CONSTRAINT ck_users_locale, DROP COLUMN locale;
