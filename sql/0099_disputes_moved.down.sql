ALTER TABLE disputes
	DROP CONSTRAINT ck_disputes_moved,
	DROP moved_minor;
