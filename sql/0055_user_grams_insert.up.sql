CREATE TRIGGER user_grams_insert AFTER INSERT ON users FOR EACH ROW
	INSERT IGNORE INTO user_grams (gram, user_id)
	SELECT SUBSTRING(CONCAT_WS(' ', NEW.email, NEW.full_name, NEW.phone), s.seq, 3) COLLATE utf8mb4_general_ci, NEW.id
	FROM seq_1_to_430 s WHERE s.seq <= CHAR_LENGTH(CONCAT_WS(' ', NEW.email, NEW.full_name, NEW.phone));
