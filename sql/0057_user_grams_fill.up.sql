-- Those who had an account before.
INSERT IGNORE INTO user_grams (gram, user_id)
SELECT SUBSTRING(CONCAT_WS(' ', u.email, u.full_name, u.phone), s.seq, 3) COLLATE utf8mb4_general_ci, u.id
FROM users u JOIN seq_1_to_430 s ON s.seq <= CHAR_LENGTH(CONCAT_WS(' ', u.email, u.full_name, u.phone));
