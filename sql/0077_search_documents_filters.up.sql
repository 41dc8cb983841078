-- What a search is filtered and ordered by, beside the words: so each product that has them is looked up once.  Copied from the
-- whole shop's row of product_listings by the triggers behind; categories are the ids from the one on top down to the product's
-- own.  words are the numbers and scores of its postings, seven bytes each of seven bits, of which only the first byte of a word
-- has the eighth: so one is found in them by its bytes.  A document without a merchant was written by an older program: haatctl
-- search fill.
ALTER TABLE search_documents
	ADD COLUMN merchant_id     BINARY(16) NULL,
	ADD COLUMN brand_id        BINARY(16) NULL,
	ADD COLUMN categories      VARBINARY(256) NOT NULL DEFAULT '',
	ADD COLUMN words           VARBINARY(2800) NOT NULL DEFAULT '',
	ADD COLUMN price_order     CHAR(22) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
	ADD COLUMN in_stock        BOOLEAN NOT NULL DEFAULT FALSE,
	ADD COLUMN is_featured     BOOLEAN NOT NULL DEFAULT FALSE,
	ADD COLUMN rating_average  DECIMAL(3, 2) NOT NULL DEFAULT 0,
	ADD COLUMN sales_count     BIGINT NOT NULL DEFAULT 0,
	ADD COLUMN created_at      DATETIME(3) NULL,
	ADD COLUMN name            VARCHAR(200) NOT NULL DEFAULT '';
