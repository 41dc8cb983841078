DROP TABLE review_replies;
