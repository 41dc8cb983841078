-- What the fixed yardsticks and the lean peer ask: tables of their own, which no migration of the shop changes.  @rows@ rows,
-- of text that gzip packs about as well as the shop's: a browser has it packed, and what packs to nothing costs the peer nothing.
CREATE DATABASE bench;
GRANT ALL ON bench.* TO haat@localhost;

-- Keyed row: 1.4 KB by primary key.
CREATE TABLE bench.details (
	id          BINARY(16)    NOT NULL PRIMARY KEY,
	name        VARCHAR(200)  NOT NULL,
	slug        VARCHAR(200)  NOT NULL,
	price_minor BIGINT        NOT NULL,
	currency    CHAR(3)       NOT NULL,
	in_stock    TINYINT       NOT NULL,
	document    VARCHAR(1500) NOT NULL
) CHARACTER SET utf8mb4;
INSERT INTO bench.details
	SELECT UNHEX(LPAD(HEX(seq), 32, '0')), CONCAT('Handwoven cotton shawl number ', seq), CONCAT('handwoven-cotton-shawl-', seq),
		1000 + seq % 90000, 'USD', seq % 40 > 0, LEFT(CONCAT_WS(' warm and light, ', SHA2(seq, 512), SHA2(seq * 3, 512),
		SHA2(seq * 5, 512), SHA2(seq * 7, 512), SHA2(seq * 11, 512), SHA2(seq * 13, 512), SHA2(seq * 17, 512), REPEAT('soft, ', 50)), 1250)
	FROM seq_1_to_@rows@;

-- Range of 12: rows of 460 bytes, the index of their order being the table itself.
CREATE TABLE bench.summaries (
	category    INT          NOT NULL,
	position    INT          NOT NULL,
	name        VARCHAR(200) NOT NULL,
	price_minor BIGINT       NOT NULL,
	currency    CHAR(3)      NOT NULL,
	in_stock    TINYINT      NOT NULL,
	summary     VARCHAR(500) NOT NULL,
	PRIMARY KEY (category, position)
) CHARACTER SET utf8mb4;
INSERT INTO bench.summaries
	SELECT seq DIV 1000, seq % 1000, CONCAT('Handwoven cotton shawl number ', seq), 1000 + seq % 90000, 'USD', seq % 40 > 0,
		LEFT(CONCAT(SHA2(seq, 512), MD5(seq), REPEAT(' warm and light', 20)), 390)
	FROM seq_1_to_@rows@;

-- Lean order: the variants are those of the shop, so that both sides buy the same.
CREATE TABLE bench.stock (
	variant_id  BINARY(16) NOT NULL PRIMARY KEY,
	price_minor BIGINT     NOT NULL,
	on_hand     BIGINT     NOT NULL,
	reserved    BIGINT     NOT NULL
);
INSERT INTO bench.stock SELECT v.id, IFNULL(v.price_minor, p.price_minor), 1000000000, 0
	FROM haat.variants v JOIN haat.products p ON p.id = v.product_id ORDER BY v.id;
CREATE TABLE bench.orders (
	id          BINARY(16)  NOT NULL PRIMARY KEY,
	number      BINARY(16)  NOT NULL UNIQUE,
	user_id     BINARY(16)  NOT NULL,
	address_id  BINARY(16)  NOT NULL,
	total_minor BIGINT      NOT NULL,
	created_at  DATETIME(3) NOT NULL,
	INDEX (user_id, created_at)
);
CREATE TABLE bench.order_lines (
	order_id   BINARY(16) NOT NULL,
	position   INT        NOT NULL,
	variant_id BINARY(16) NOT NULL,
	quantity   INT        NOT NULL,
	PRIMARY KEY (order_id, position),
	INDEX (variant_id)
);
