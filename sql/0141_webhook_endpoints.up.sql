-- Where events are sent by webhook.  Without a merchant it is the shop's own and hears everything.
CREATE TABLE webhook_endpoints (
	id                 BINARY(16) NOT NULL,
	merchant_id        BINARY(16) NULL,
	url                VARCHAR(2048) COLLATE utf8mb4_bin NOT NULL,
	-- names, families ("order.*") or "*", with commas between
	event_types        VARCHAR(4000) COLLATE utf8mb4_bin NOT NULL,
	description        VARCHAR(255) NULL,
	status             ENUM('active', 'disabled') NOT NULL DEFAULT 'active',
	disabled_reason    ENUM('owner', 'failing', 'gone') NULL,
	disabled_at        DATETIME(3) NULL,
	-- sealed; the old one signs too until its time is over
	secret             VARBINARY(255) NOT NULL,
	old_secret         VARBINARY(255) NULL,
	old_secret_until   DATETIME(3) NULL,
	-- since its last success: when the first delivery failed, and how many did
	failing_since      DATETIME(3) NULL,
	failed_deliveries  INT NOT NULL DEFAULT 0,
	-- it has asked for a pause
	paused_until       DATETIME(3) NULL,
	version            BIGINT NOT NULL DEFAULT 1,
	created_at         DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at         DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
	created_by         BINARY(16) NULL,
	updated_by         BINARY(16) NULL,
	CONSTRAINT pk_webhook_endpoints PRIMARY KEY (id),
	-- a merchant's endpoints: the list, and the fan-out
	INDEX ix_webhook_endpoints_merchant (merchant_id, id),
	CONSTRAINT fk_webhook_endpoints_merchant FOREIGN KEY (merchant_id) REFERENCES merchants (id) ON DELETE CASCADE,
	CONSTRAINT ck_webhook_endpoints_disabled CHECK (
		(status = 'disabled') = (disabled_at IS NOT NULL) AND (disabled_at IS NULL) = (disabled_reason IS NULL)),
	CONSTRAINT ck_webhook_endpoints_old_secret CHECK ((old_secret IS NULL) = (old_secret_until IS NULL)),
	CONSTRAINT ck_webhook_endpoints_failed CHECK (failed_deliveries >= 0)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
