-- An hour of a merchant or a provider: what was begun, failed, paid and given back, and which of its measures left the band that is
-- usual for that hour of the week (joined by commas; '': none).
CREATE TABLE risk_hours (
	id           BINARY(16) NOT NULL,
	hour_at      DATETIME NOT NULL,
	merchant_id  BINARY(16) NULL,
	provider     VARCHAR(32) COLLATE utf8mb4_bin NULL,
	attempts     BIGINT NOT NULL,
	failed       BIGINT NOT NULL,
	paid         BIGINT NOT NULL,
	refunded     BIGINT NOT NULL,
	left_bands   VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
	created_at   DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	CONSTRAINT pk_risk_hours PRIMARY KEY (id),
	-- the hours of a merchant
	CONSTRAINT uq_risk_hours_merchant UNIQUE (merchant_id, hour_at),
	-- the hours of a provider
	CONSTRAINT uq_risk_hours_provider UNIQUE (provider, hour_at),
	-- an hour of all of them; what is old, for the purge; what has left its band: /metrics
	INDEX ix_risk_hours_time (hour_at, left_bands),
	CONSTRAINT fk_risk_hours_merchant FOREIGN KEY (merchant_id) REFERENCES merchants (id) ON DELETE RESTRICT,
	CONSTRAINT ck_risk_hours_subject CHECK ((merchant_id IS NULL) <> (provider IS NULL)),
	CONSTRAINT ck_risk_hours_counts CHECK (attempts >= 0 AND failed >= 0 AND paid >= 0 AND refunded >= 0)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
