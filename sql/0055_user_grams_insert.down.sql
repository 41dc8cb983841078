DROP TRIGGER user_grams_insert;
