ALTER TABLE payment_requests
	ADD CONSTRAINT ck_payment_requests_metadata CHECK (JSON_LENGTH(metadata) <= 50);
