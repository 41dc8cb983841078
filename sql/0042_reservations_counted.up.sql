-- Whether the sale was added to the product's sales counter, which a job does once.
ALTER TABLE reservations ADD COLUMN counted BOOLEAN NOT NULL DEFAULT FALSE AFTER status;
