-- Those of the old names go by their keys, those of the new ones come; nothing where neither has changed.
CREATE TRIGGER user_grams_update AFTER UPDATE ON users FOR EACH ROW
BEGIN
	IF NOT (NEW.email <=> OLD.email AND NEW.full_name <=> OLD.full_name AND NEW.phone <=> OLD.phone) THEN
		DELETE g FROM seq_1_to_430 s JOIN user_grams g
			ON g.gram = SUBSTRING(CONCAT_WS(' ', OLD.email, OLD.full_name, OLD.phone), s.seq, 3) COLLATE utf8mb4_general_ci AND g.user_id = OLD.id
			WHERE s.seq <= CHAR_LENGTH(CONCAT_WS(' ', OLD.email, OLD.full_name, OLD.phone));
		INSERT IGNORE INTO user_grams (gram, user_id)
		SELECT SUBSTRING(CONCAT_WS(' ', NEW.email, NEW.full_name, NEW.phone), s.seq, 3) COLLATE utf8mb4_general_ci, NEW.id
		FROM seq_1_to_430 s WHERE s.seq <= CHAR_LENGTH(CONCAT_WS(' ', NEW.email, NEW.full_name, NEW.phone));
	END IF;
END;
