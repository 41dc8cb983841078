ALTER TABLE fulfilments
	DROP INDEX ix_fulfilments_status,
	DROP INDEX ix_fulfilments_merchant_status,
	DROP INDEX ix_fulfilments_merchant_id;
