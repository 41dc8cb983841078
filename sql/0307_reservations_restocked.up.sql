-- How many of a sold line are back on the shelf: what came back from the customer.
ALTER TABLE reservations
	ADD COLUMN restocked INT NOT NULL DEFAULT 0 AFTER counted,
	ADD CONSTRAINT ck_reservations_restocked CHECK (restocked BETWEEN 0 AND quantity);
