/*
 * master.h: a small prefork master, for every program that is several alike processes.
 *
 * It forks the workers, forks again those that end, and does nothing else: it touches no socket, no database, no request.
 * TERM or INT drains all, when notice_ms are over, in which worker_draining says so and everything goes on as before (a
 * second TERM ends the wait); HUP replaces the workers one by one, the successor first; both end in kill -9 when a worker
 * takes too long.  A worker that keeps dying is started again with a growing delay (up to 5 s).  It tells systemd
 * READY=1, RELOADING=1 and STOPPING=1 (sd_notify(3)) when NOTIFY_SOCKET is set.  Workers get TERM when the master dies.
 */
#ifndef MASTER_H
#define MASTER_H

#include <stdbool.h>

struct master {
	unsigned workers; /* 1 to WORKERS_MAX of base/config.h */

	/*
	 * What a worker does, in a process of its own; what it returns is its exit status.  TERM, INT and HUP are blocked
	 * when it is called, so that none is lost before the worker listens: it takes them by signalfd, or opens them
	 * where it waits.  On TERM it finishes what it has begun and returns; HUP is the master's and to be ignored.
	 * It calls worker_ready.
	 */
	int (*work)(int index, void *argument);
	void *argument;

	int ready_ms; /* a worker that has not called worker_ready by then is killed; 0: MASTER_READY_MS */
	int drain_ms; /* from the workers' TERM to kill -9; 0: MASTER_DRAIN_MS */

	/* From the master's TERM to that of its workers: time for whoever sends requests here to go elsewhere. */
	int notice_ms;

	/*
	 * Called in the master on HUP, before the workers are replaced: reads again what may have changed.  False: nothing is
	 * replaced.  NULL: nothing is read.
	 */
	bool (*reload)(void *argument);
};

enum {
	MASTER_READY_MS = 30 * 1000,
	MASTER_DRAIN_MS = 15 * 1000,
	MASTER_BACKOFF_MAX_MS = 5000,
};

/* Runs until TERM or INT and until the last worker is gone.  0; -1, logged, when it could not start. */
int master_run(const struct master *master);

/* In a worker: say that it can serve.  A successor that has said so takes the place of the old worker.  Without a master: nothing. */
void worker_ready(void);

/* In a worker: has its master been told to stop?  Without a master: no. */
bool worker_draining(void);

#endif
