-- The table goes with 0305.
DELETE FROM fulfilments;
