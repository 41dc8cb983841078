DROP TABLE payment_declines;
