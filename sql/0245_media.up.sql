-- Pictures and videos.  Whoever has uploaded one, or anybody of their shop, may name it in what is theirs (media_uses).
CREATE TABLE media (
	id          BINARY(16) NOT NULL,
	user_id     BINARY(16) NULL,
	merchant_id BINARY(16) NULL,
	kind        ENUM('image', 'video') NOT NULL,
	-- 'pending': nothing of it can be shown yet; 'removing': its files are being removed
	status      ENUM('pending', 'ready', 'failed', 'removing') NOT NULL DEFAULT 'pending',
	-- where it is to be fetched; NULL: it was uploaded
	source_url  VARCHAR(1000) COLLATE utf8mb4_bin NULL,
	-- of the file as it is kept, by its content; NULL until it has been fetched
	type        VARCHAR(32) COLLATE utf8mb4_bin NULL,
	sha256      BINARY(32) NULL,
	bytes       BIGINT UNSIGNED NULL,
	width       INT UNSIGNED NULL,
	height      INT UNSIGNED NULL,
	-- of the sizes that were made, ascending: "160,480,700"
	widths      VARCHAR(60) COLLATE utf8mb4_bin NOT NULL DEFAULT '',
	-- where what is shown of it lies; NULL until something can be shown
	storage     ENUM('local', 's3', 'cloudinary') NULL,
	-- how many rows of media_uses name it
	uses        INT UNSIGNED NOT NULL DEFAULT 0,
	-- when it is removed unless it is used by then
	remove_at   DATETIME(3) NULL,
	created_at  DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at  DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
	CONSTRAINT pk_media PRIMARY KEY (id),
	-- what is removed next
	INDEX ix_media_remove (remove_at),
	CONSTRAINT fk_media_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE RESTRICT,
	CONSTRAINT fk_media_merchant FOREIGN KEY (merchant_id) REFERENCES merchants (id) ON DELETE RESTRICT,
	CONSTRAINT ck_media_unused CHECK ((uses = 0) = (remove_at IS NOT NULL)),
	CONSTRAINT ck_media_ready CHECK (status <> 'ready' OR (sha256 IS NOT NULL AND type IS NOT NULL AND storage IS NOT NULL))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
