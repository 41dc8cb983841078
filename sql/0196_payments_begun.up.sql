-- Until when whoever begins it may be asking its provider to: nobody else asks meanwhile.
ALTER TABLE payments
	ADD COLUMN begun_until DATETIME(3) NULL AFTER next_check_at;
