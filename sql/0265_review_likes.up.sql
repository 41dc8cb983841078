-- Who likes which review, once.
CREATE TABLE review_likes (
	review_id   BINARY(16) NOT NULL,
	user_id     BINARY(16) NOT NULL,
	created_at  DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	CONSTRAINT pk_review_likes PRIMARY KEY (review_id, user_id),
	-- what a user likes
	INDEX ix_review_likes_user (user_id),
	CONSTRAINT fk_review_likes_review FOREIGN KEY (review_id) REFERENCES reviews (id) ON DELETE CASCADE,
	CONSTRAINT fk_review_likes_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE RESTRICT
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
