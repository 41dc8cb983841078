-- What the storefront shows of a product, in the form in which it is read: one row for each product that is listed (see
-- product_listings), written in the transaction that changes the product or its stock.  The prices are the lowest and, where
-- it is another, the highest of its variants in stock, or of all its variants while none is.  summary and document are JSON
-- with holes for what changes apart from them; they are of that form of the program which `form` says, 0: out of date.
CREATE TABLE product_documents (
	product_id       BINARY(16) NOT NULL,
	form             INT UNSIGNED NOT NULL DEFAULT 0,
	currency         CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	price_minor      BIGINT NOT NULL,
	price_max_minor  BIGINT NULL,
	in_stock         BOOLEAN NOT NULL,
	summary          BLOB NOT NULL DEFAULT '',
	document         MEDIUMBLOB NOT NULL DEFAULT '',
	CONSTRAINT pk_product_documents PRIMARY KEY (product_id),
	-- those that are out of date, or of another form of the program
	INDEX ix_product_documents_form (form, product_id),
	CONSTRAINT fk_product_documents_product FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE,
	CONSTRAINT ck_product_documents_price CHECK (price_minor >= 0 AND price_max_minor > price_minor)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
