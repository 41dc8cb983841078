ALTER TABLE payment_answers MODIFY kind ENUM('create', 'fetch', 'capture', 'cancel', 'refund', 'event') NOT NULL;
