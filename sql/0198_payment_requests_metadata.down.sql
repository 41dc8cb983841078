ALTER TABLE payment_requests
	DROP CONSTRAINT ck_payment_requests_metadata;
