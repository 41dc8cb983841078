-- What of a merchant's can be paid out: not the parts that are on their way, nor those that have arrived in the days of the window.
ALTER TABLE fulfilments ADD INDEX ix_fulfilments_merchant (merchant_id, status, delivered_at);
