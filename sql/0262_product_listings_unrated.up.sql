UPDATE product_listings SET rating_average = 0 WHERE rating_average > 0;
