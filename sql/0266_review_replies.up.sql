-- What the seller answers to a review; merchant_id is NULL where the shop's staff did.
CREATE TABLE review_replies (
	id           BINARY(16) NOT NULL,
	review_id    BINARY(16) NOT NULL,
	merchant_id  BINARY(16) NULL,
	text         TEXT NOT NULL,
	created_at   DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	created_by   BINARY(16) NULL,
	CONSTRAINT pk_review_replies PRIMARY KEY (id),
	-- the replies to a review, oldest first
	INDEX ix_review_replies_review (review_id, id),
	CONSTRAINT fk_review_replies_review FOREIGN KEY (review_id) REFERENCES reviews (id) ON DELETE CASCADE,
	CONSTRAINT fk_review_replies_merchant FOREIGN KEY (merchant_id) REFERENCES merchants (id) ON DELETE RESTRICT,
	CONSTRAINT ck_review_replies_text CHECK (text <> '')
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
