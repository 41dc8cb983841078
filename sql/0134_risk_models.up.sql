-- What a night has learned: from how many payments, and how well the points in use and the learned ones find fraud among the newest
-- of them, from which nothing was learned.  Rates in basis points, NULL where there is nothing to divide by.
CREATE TABLE risk_models (
	id                        BINARY(16) NOT NULL,
	payments                  BIGINT NOT NULL,
	frauds                    BIGINT NOT NULL,
	held_out                  BIGINT NOT NULL,
	held_out_frauds           BIGINT NOT NULL,
	live_precision            INT NULL,
	live_recall               INT NULL,
	learned_precision         INT NULL,
	learned_recall            INT NULL,
	switched_on_at            DATETIME(3) NULL,
	switched_on_by            BINARY(16) NULL,
	created_at                DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	CONSTRAINT pk_risk_models PRIMARY KEY (id),
	CONSTRAINT ck_risk_models_counts CHECK (payments >= 0 AND frauds BETWEEN 0 AND payments
		AND held_out BETWEEN 0 AND payments AND held_out_frauds BETWEEN 0 AND held_out)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
