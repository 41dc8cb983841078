-- What payments of the last 90 days usually are, by currency: the median, and what 95 of 100 do not exceed.
CREATE TABLE risk_amounts (
	currency     CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	payments     BIGINT NOT NULL,
	median_minor BIGINT NOT NULL,
	high_minor   BIGINT NOT NULL,
	updated_at   DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	CONSTRAINT pk_risk_amounts PRIMARY KEY (currency),
	CONSTRAINT ck_risk_amounts_order CHECK (payments > 0 AND median_minor > 0 AND high_minor >= median_minor)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
