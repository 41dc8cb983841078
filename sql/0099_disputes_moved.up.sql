-- What the provider took for the dispute, in its currency, where that is not the disputed amount (NULL).
ALTER TABLE disputes
	ADD moved_minor BIGINT NULL AFTER money_moved,
	ADD CONSTRAINT ck_disputes_moved CHECK (moved_minor > 0);
