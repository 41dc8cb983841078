/*
 * db_errors.h: what an error of the database means, by where it was met: the one table of them.
 */
#ifndef DB_ERRORS_H
#define DB_ERRORS_H

enum db_phase { DB_CONNECT, DB_STATEMENT, DB_COMMIT, DB_PHASE__COUNT };

enum db_meaning {
	DB_OURS,        /* nothing helps but a change of program, schema or server: INTERNAL, logged */
	DB_DUPLICATE,   /* a unique key is taken: DUPLICATE_KEY */
	DB_REFERENCED,  /* a foreign key: IN_USE */
	DB_REFUSED,     /* a CHECK: CONFLICT */
	DB_ROLLED_BACK, /* the whole transaction is gone; run it again on this connection: DATABASE_BUSY */
	DB_AGAIN,       /* this statement did nothing; roll back and run again on this connection: DATABASE_BUSY */
	DB_LATER,       /* the same would happen at once again: DATABASE_BUSY, for the client to repeat */
	DB_ELSEWHERE,   /* this server or connection is of no use; nothing was done: reconnect, run again: DATABASE_LOST */
	DB_UNCERTAIN,   /* whether the COMMIT was done is not known: the witness is asked */
	DB_MEANING__COUNT
};

/*
 * What the error means there.  Every failure to connect is DB_ELSEWHERE.  What the table does not name is DB_OURS for a
 * statement (DB_ELSEWHERE when the client library met it: 2000 to 2999) and DB_UNCERTAIN for a COMMIT.
 */
enum db_meaning db_error_meaning(enum db_phase phase, unsigned error);

#endif
