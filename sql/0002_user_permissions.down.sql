DROP TABLE user_permissions;
