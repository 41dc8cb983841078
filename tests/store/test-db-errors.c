/* Every error of the database that the program knows: what it means where it is met. */
#include "store/db_errors.h"
#include "tests/suite.h"

static const struct {
	unsigned        error;
	enum db_meaning statement, commit;
} expected[] = {
	{ 1020, DB_ROLLED_BACK, DB_ROLLED_BACK }, /* the row has changed since it was read */
	{ 1040, DB_ELSEWHERE, DB_ELSEWHERE },     /* too many connections */
	{ 1047, DB_ELSEWHERE, DB_ELSEWHERE },     /* WSREP has not yet prepared node for application use */
	{ 1053, DB_ELSEWHERE, DB_UNCERTAIN },     /* server shutdown in progress */
	{ 1062, DB_DUPLICATE, DB_OURS },
	{ 1180, DB_ELSEWHERE, DB_UNCERTAIN },     /* got error during COMMIT */
	{ 1184, DB_ELSEWHERE, DB_UNCERTAIN },     /* aborted connection */
	{ 1205, DB_AGAIN, DB_UNCERTAIN },         /* lock wait time-out */
	{ 1206, DB_ROLLED_BACK, DB_ROLLED_BACK }, /* the lock table is full */
	{ 1213, DB_ROLLED_BACK, DB_ROLLED_BACK }, /* deadlock; another node was first */
	{ 1243, DB_ELSEWHERE, DB_OURS },          /* unknown prepared statement */
	{ 1290, DB_ELSEWHERE, DB_ELSEWHERE },     /* --read-only */
	{ 1317, DB_LATER, DB_UNCERTAIN },         /* query interrupted */
	{ 1412, DB_AGAIN, DB_OURS },              /* table definition has changed */
	{ 1451, DB_REFERENCED, DB_OURS },
	{ 1452, DB_REFERENCED, DB_OURS },
	{ 1461, DB_LATER, DB_OURS },          /* max_prepared_stmt_count */
	{ 1615, DB_AGAIN, DB_OURS },          /* needs to be prepared again */
	{ 1637, DB_LATER, DB_OURS },          /* too many concurrent transactions */
	{ 1792, DB_ELSEWHERE, DB_ELSEWHERE }, /* read-only transaction */
	{ 1836, DB_ELSEWHERE, DB_ELSEWHERE }, /* read-only mode */
	{ 1927, DB_ELSEWHERE, DB_UNCERTAIN }, /* connection killed */
	{ 1969, DB_LATER, DB_UNCERTAIN },     /* max_statement_time */
	{ 2002, DB_ELSEWHERE, DB_UNCERTAIN },
	{ 2003, DB_ELSEWHERE, DB_UNCERTAIN },
	{ 2006, DB_ELSEWHERE, DB_UNCERTAIN }, /* gone away */
	{ 2013, DB_ELSEWHERE, DB_UNCERTAIN }, /* lost during the query */
	{ 4025, DB_REFUSED, DB_OURS },
};

static void
test_every_row(void)
{
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
		CHECK_INT(db_error_meaning(DB_STATEMENT, expected[i].error), expected[i].statement);
		CHECK_INT(db_error_meaning(DB_COMMIT, expected[i].error), expected[i].commit);
		CHECK_INT(db_error_meaning(DB_CONNECT, expected[i].error), DB_ELSEWHERE);
	}
}

/*
 * All others, so the list above is the whole table: a statement's fault is ours, the client library's ends the connection, and
 * of a COMMIT nobody knows.
 */
static void
test_the_unnamed(void)
{
	for (unsigned error = 1000, next = 0; error < 5000; error++) {
		if (next < sizeof expected / sizeof *expected && expected[next].error == error) {
			next++;
			continue;
		}
		CHECK_INT(db_error_meaning(DB_STATEMENT, error), error >= 2000 && error < 3000 ? DB_ELSEWHERE : DB_OURS);
		CHECK_INT(db_error_meaning(DB_COMMIT, error), DB_UNCERTAIN);
		CHECK_INT(db_error_meaning(DB_CONNECT, error), DB_ELSEWHERE); /* whatever keeps us from connecting */
	}
}

static const struct test tests[] = {
	TEST(test_every_row),
	TEST(test_the_unnamed),
};

int
main(void)
{
	return run_suite("database errors", tests, sizeof tests / sizeof *tests);
}
