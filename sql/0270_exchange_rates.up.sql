-- What one euro costs in other currencies: one rate a day and currency.
CREATE TABLE exchange_rates (
	id          BINARY(16) NOT NULL,
	currency    CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	day         DATE NOT NULL,
	rate        DECIMAL(14, 6) NOT NULL,
	-- of a central bank's file, or typed in, which a file does not replace
	source      ENUM('file', 'typed') CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	created_at  DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at  DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
	-- a currency's newest, at most of a day
	CONSTRAINT pk_exchange_rates PRIMARY KEY (currency, day),
	CONSTRAINT uq_exchange_rates_id UNIQUE (id),
	-- the day of the newest file
	INDEX ix_exchange_rates_source (source, day),
	CONSTRAINT ck_exchange_rates_currency CHECK (currency REGEXP '^[A-Z]{3}$' AND currency <> 'EUR'),
	CONSTRAINT ck_exchange_rates_rate CHECK (rate > 0)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
