-- A customer's subscription to a plan.  Periods are instants in UTC from the anchor: current_period_end is the anchor and
-- anchor_months calendar months, where the plan counts in those; otherwise the anchor is where the current period begins.
CREATE TABLE subscriptions (
	id                    BINARY(16) NOT NULL,
	user_id               BINARY(16) NOT NULL,
	merchant_id           BINARY(16) NOT NULL,
	plan_id               BINARY(16) NOT NULL,
	-- from the next period on; NULL: the same
	next_plan_id          BINARY(16) NULL,
	-- NULL: each period is paid by a link
	payment_method_id     BINARY(16) NULL,
	status                ENUM('trialing', 'active', 'past_due', 'paused', 'cancelled', 'ended') NOT NULL,
	cancel_at_period_end  BOOLEAN NOT NULL DEFAULT FALSE,
	anchor_at             DATETIME(3) NOT NULL,
	anchor_months         INT NOT NULL DEFAULT 0,
	current_period_start  DATETIME(3) NOT NULL,
	current_period_end    DATETIME(3) NOT NULL,
	-- of the last period that was to be paid; 0: there was none yet
	period_number         INT NOT NULL DEFAULT 0,
	-- the number of the period whose charge was announced
	announced_number      INT NOT NULL DEFAULT 0,
	-- its merchant did not sell when the next period was to begin: what has gone by since is not charged
	waits_for_merchant    BOOLEAN NOT NULL DEFAULT FALSE,
	-- when the job looks at it next; NULL: nothing happens by itself
	next_action_at        DATETIME(3) NULL,
	-- what integrators keep with it
	metadata              JSON NOT NULL DEFAULT '{}',
	cancelled_at          DATETIME(3) NULL,
	ended_at              DATETIME(3) NULL,
	created_at            DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at            DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
	created_by            BINARY(16) NULL,
	updated_by            BINARY(16) NULL,
	CONSTRAINT pk_subscriptions PRIMARY KEY (id),
	-- a customer's subscriptions, newest first
	INDEX ix_subscriptions_user (user_id, id),
	-- a merchant's subscriptions, newest first
	INDEX ix_subscriptions_merchant (merchant_id, id),
	-- subscriptions of a status, newest first
	INDEX ix_subscriptions_status (status, id),
	-- whether a customer had the plan before, and so its trial
	INDEX ix_subscriptions_plan (plan_id, user_id),
	-- for the foreign key
	INDEX ix_subscriptions_next_plan (next_plan_id),
	-- what the job looks at next
	INDEX ix_subscriptions_action (next_action_at),
	CONSTRAINT fk_subscriptions_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE RESTRICT,
	CONSTRAINT fk_subscriptions_merchant FOREIGN KEY (merchant_id) REFERENCES merchants (id) ON DELETE RESTRICT,
	CONSTRAINT fk_subscriptions_plan FOREIGN KEY (plan_id) REFERENCES plans (id) ON DELETE RESTRICT,
	CONSTRAINT fk_subscriptions_next_plan FOREIGN KEY (next_plan_id) REFERENCES plans (id) ON DELETE RESTRICT,
	CONSTRAINT ck_subscriptions_period CHECK (current_period_start < current_period_end),
	CONSTRAINT ck_subscriptions_anchor CHECK (anchor_months >= 0),
	CONSTRAINT ck_subscriptions_final CHECK (status NOT IN ('cancelled', 'ended') OR next_action_at IS NULL)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
