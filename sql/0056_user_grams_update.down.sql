DROP TRIGGER user_grams_update;
