-- What is to be packed or shipped, of all shops or of one, oldest or newest first; and all of a shop.
ALTER TABLE fulfilments
	ADD INDEX ix_fulfilments_status (status, id),
	ADD INDEX ix_fulfilments_merchant_status (merchant_id, status, id),
	ADD INDEX ix_fulfilments_merchant_id (merchant_id, id);
