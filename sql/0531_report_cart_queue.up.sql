-- Carts that got their first item and that no report has counted yet.  Each is a row of its own, so that carts wait for no sum.
CREATE TABLE report_cart_queue (
	event_id  BINARY(16) NOT NULL,
	currency  CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	quarter   DATETIME NOT NULL,
	CONSTRAINT pk_report_cart_queue PRIMARY KEY (event_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
