DELETE FROM user_grams;
