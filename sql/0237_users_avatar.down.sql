ALTER TABLE users DROP COLUMN assigned_modules, DROP COLUMN avatar;
