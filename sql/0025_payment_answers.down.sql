DROP TABLE payment_answers;
