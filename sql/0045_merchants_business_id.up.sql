-- No second shop of one business, however its number is written.  Should there be two already, this fails and names the number:
-- SELECT UPPER(business_id), GROUP_CONCAT(shop_name) FROM merchants GROUP BY 1 HAVING COUNT(*) > 1.
ALTER TABLE merchants
	ADD COLUMN business_key VARCHAR(64) COLLATE utf8mb4_bin GENERATED ALWAYS AS (UPPER(business_id)) VIRTUAL AFTER business_id,
	ADD CONSTRAINT uq_merchants_business_id UNIQUE (business_key);
