ALTER TABLE reservations
	DROP CONSTRAINT ck_reservations_restocked,
	DROP COLUMN restocked;
