#include "store/db_errors.h"

#include <errmsg.h>
#include <mysqld_error.h>
#include <stddef.h>

/*
 * A server that is going away, cut off or read-only answers a statement before it does anything.  At COMMIT only those
 * are certain that refuse the command itself (1047, 1290, 1792, 1836, 1040) or have rolled the transaction back (1020, 1206, 1213,
 * which is also how a cluster refuses a transaction whose rows another node has changed); a COMMIT that was under way may have
 * been done.
 */
static const struct {
	unsigned        error;
	enum db_meaning statement, commit;
} errors[] = {
	{ ER_DUP_ENTRY, DB_DUPLICATE, DB_OURS },            /* 1062 */
	{ ER_NO_REFERENCED_ROW_2, DB_REFERENCED, DB_OURS }, /* 1452 */
	{ ER_ROW_IS_REFERENCED_2, DB_REFERENCED, DB_OURS }, /* 1451 */
	{ ER_CONSTRAINT_FAILED, DB_REFUSED, DB_OURS },      /* 4025 */

	{ ER_LOCK_DEADLOCK, DB_ROLLED_BACK, DB_ROLLED_BACK },   /* 1213 */
	{ ER_CHECKREAD, DB_ROLLED_BACK, DB_ROLLED_BACK },       /* 1020: the row changed since the snapshot */
	{ ER_LOCK_TABLE_FULL, DB_ROLLED_BACK, DB_ROLLED_BACK }, /* 1206 */
	{ ER_LOCK_WAIT_TIMEOUT, DB_AGAIN, DB_UNCERTAIN },       /* 1205 */
	{ ER_TABLE_DEF_CHANGED, DB_AGAIN, DB_OURS },            /* 1412: a migration in between */
	{ ER_NEED_REPREPARE, DB_AGAIN, DB_OURS },               /* 1615 */

	{ ER_STATEMENT_TIMEOUT, DB_LATER, DB_UNCERTAIN },          /* 1969 */
	{ ER_QUERY_INTERRUPTED, DB_LATER, DB_UNCERTAIN },          /* 1317: KILL QUERY */
	{ ER_MAX_PREPARED_STMT_COUNT_REACHED, DB_LATER, DB_OURS }, /* 1461, with none of ours to give up */
	{ ER_TOO_MANY_CONCURRENT_TRXS, DB_LATER, DB_OURS },        /* 1637 */

	{ ER_UNKNOWN_COM_ERROR, DB_ELSEWHERE, DB_ELSEWHERE },                     /* 1047: a node without its cluster */
	{ ER_OPTION_PREVENTS_STATEMENT, DB_ELSEWHERE, DB_ELSEWHERE },             /* 1290: --read-only: a replica now */
	{ ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION, DB_ELSEWHERE, DB_ELSEWHERE }, /* 1792 */
	{ ER_READ_ONLY_MODE, DB_ELSEWHERE, DB_ELSEWHERE },                        /* 1836 */
	{ ER_UNKNOWN_STMT_HANDLER, DB_ELSEWHERE, DB_OURS },                       /* 1243: a proxy changed the server */
	{ ER_CON_COUNT_ERROR, DB_ELSEWHERE, DB_ELSEWHERE },                       /* 1040 */
	{ ER_SERVER_SHUTDOWN, DB_ELSEWHERE, DB_UNCERTAIN },                       /* 1053 */
	{ ER_ERROR_DURING_COMMIT, DB_ELSEWHERE, DB_UNCERTAIN },                   /* 1180 */
	{ ER_NEW_ABORTING_CONNECTION, DB_ELSEWHERE, DB_UNCERTAIN },               /* 1184 */
	{ ER_CONNECTION_KILLED, DB_ELSEWHERE, DB_UNCERTAIN },                     /* 1927 */
	{ CR_CONNECTION_ERROR, DB_ELSEWHERE, DB_UNCERTAIN },                      /* 2002 */
	{ CR_CONN_HOST_ERROR, DB_ELSEWHERE, DB_UNCERTAIN },                       /* 2003 */
	{ CR_SERVER_GONE_ERROR, DB_ELSEWHERE, DB_UNCERTAIN },                     /* 2006 */
	{ CR_SERVER_LOST, DB_ELSEWHERE, DB_UNCERTAIN },                           /* 2013 */
};

/* Errors that the client library makes itself: the connection is of no more use, whatever it was. */
enum { CLIENT_ERRORS_FIRST = 2000, CLIENT_ERRORS_LAST = 2999 };

enum db_meaning
db_error_meaning(enum db_phase phase, unsigned error)
{
	if (phase == DB_CONNECT)
		return DB_ELSEWHERE;
	for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
		if (errors[i].error == error)
			return phase == DB_COMMIT ? errors[i].commit : errors[i].statement;
	/* Nobody knows what became of a COMMIT that failed in a way we do not know: its witness decides. */
	if (phase == DB_COMMIT)
		return DB_UNCERTAIN;
	return error >= CLIENT_ERRORS_FIRST && error <= CLIENT_ERRORS_LAST ? DB_ELSEWHERE : DB_OURS;
}
