ALTER TABLE reservations DROP COLUMN counted;
