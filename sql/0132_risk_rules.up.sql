-- What a measure is worth: a signal that reaches the bound adds the points; of several rows of one signal that it reaches, the one
-- whose points are furthest from 0 counts.  learned_points is what the nightly job would give; NULL: it has not said.
CREATE TABLE risk_rules (
	id              BINARY(16) NOT NULL,
	signal_name     VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	bound           BIGINT NOT NULL,
	points          SMALLINT NOT NULL,
	learned_points  SMALLINT NULL,
	enabled         BOOLEAN NOT NULL DEFAULT TRUE,
	version         INT UNSIGNED NOT NULL DEFAULT 1,
	created_at      DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at      DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
	created_by      BINARY(16) NULL,
	updated_by      BINARY(16) NULL,
	CONSTRAINT pk_risk_rules PRIMARY KEY (id),
	-- one row a signal and bound
	CONSTRAINT uq_risk_rules_signal UNIQUE (signal_name, bound),
	CONSTRAINT ck_risk_rules_bound CHECK (bound >= 0),
	CONSTRAINT ck_risk_rules_points CHECK (points BETWEEN -100 AND 100),
	CONSTRAINT ck_risk_rules_learned CHECK (learned_points BETWEEN -100 AND 100)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
