#include "store/db_session.h"

#include "base/config.h"
#include "base/log.h"

#include <mysql.h>
#include <mysqld_error.h>
#include <stdio.h>

/*
 * A transaction that says nothing for so long is ended by the server.  Balances are folded ledger.fold_after_seconds (30 at least)
 * behind the postings: one that slept longer would commit entries behind what is folded, which no balance would ever count.
 */
enum { IDLE_TRANSACTION_SECONDS = 10 };

static void
set_options(MYSQL *connection, const struct config *config, unsigned connect_seconds)
{
	unsigned    io_seconds = (unsigned)config->database.io_timeout_seconds;
	my_bool     no = 0;
	static char charset[] = "utf8mb4";

	mysql_options(connection, MYSQL_OPT_CONNECT_TIMEOUT, &connect_seconds);
	mysql_options(connection, MYSQL_OPT_READ_TIMEOUT, &io_seconds);
	mysql_options(connection, MYSQL_OPT_WRITE_TIMEOUT, &io_seconds);
	mysql_options(connection, MYSQL_OPT_RECONNECT, &no);
	mysql_options(connection, MYSQL_SET_CHARSET_NAME, charset);
}

/* What every session needs, in one statement. */
static bool
set_session(MYSQL *connection, const struct config *config)
{
	char sql[512];
	int  length = snprintf(sql, sizeof sql,
	     "SET time_zone = '+00:00', tx_isolation = 'READ-COMMITTED', innodb_lock_wait_timeout = %d, "
	      "max_statement_time = %lld.%03lld, idle_transaction_timeout = %d, "
	      "sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,"
	      "NO_ENGINE_SUBSTITUTION,ONLY_FULL_GROUP_BY'",
	     (int)config->database.lock_wait_seconds, (long long)config->database.statement_timeout_ms / 1000,
	     (long long)config->database.statement_timeout_ms % 1000, IDLE_TRANSACTION_SECONDS);

	return mysql_real_query(connection, sql, (unsigned long)length) == 0;
}

/* A session with that password, or NULL; *denied when the server knows another. */
static MYSQL *
try_password(const struct config *config, const char *password, unsigned seconds, bool *denied)
{
	bool   local = config->database.socket[0] != '\0';
	MYSQL *connection = mysql_init(NULL);

	if (connection == NULL)
		return NULL;
	set_options(connection, config, seconds);
	if (mysql_real_connect(connection, local ? NULL : config->database.host, config->database.user, password,
		config->database.name, (unsigned)config->database.port, local ? config->database.socket : NULL,
		CLIENT_FOUND_ROWS) != NULL &&
	    set_session(connection, config))
		return connection;
	*denied = mysql_errno(connection) == ER_ACCESS_DENIED_ERROR;
	log_error("cannot connect to the database", LOG_NUMBER("errno", mysql_errno(connection)),
	    LOG_TEXT("cause", mysql_error(connection)));
	mysql_close(connection);
	return NULL;
}

MYSQL *
session_open(const struct config *config, struct arena *arena, unsigned seconds, uint64_t *round_trips)
{
	const char *file = config->database.password_file, *password;
	bool        denied = false;
	MYSQL      *connection = try_password(config, config->database.password, seconds, &denied);

	++*round_trips;
	if (connection != NULL || !denied || file == NULL || (password = secret_read(arena, file)) == NULL)
		return connection;
	++*round_trips;
	return try_password(config, password, seconds, &denied);
}
