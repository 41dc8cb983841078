-- Answers about disputes are kept, too.
ALTER TABLE payment_answers MODIFY kind ENUM('create', 'fetch', 'capture', 'cancel', 'refund', 'event', 'dispute') NOT NULL;
