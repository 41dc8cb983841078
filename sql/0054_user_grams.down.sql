DROP TABLE user_grams;
