-- Which pictures and videos a thing shows, in its order.
CREATE TABLE media_uses (
	subject_kind ENUM('product', 'review', 'user', 'merchant') NOT NULL,
	subject_id   BINARY(16) NOT NULL,
	position     SMALLINT UNSIGNED NOT NULL,
	media_id     BINARY(16) NOT NULL,
	-- what it shows, for who cannot see it
	alt          VARCHAR(300) NULL,
	CONSTRAINT pk_media_uses PRIMARY KEY (subject_kind, subject_id, position),
	-- what shows one that has become ready
	CONSTRAINT uq_media_uses_media UNIQUE (media_id, subject_kind, subject_id),
	CONSTRAINT fk_media_uses_media FOREIGN KEY (media_id) REFERENCES media (id) ON DELETE RESTRICT
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
