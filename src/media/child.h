/*
 * child.h: a program that reads what strangers have sent, run with little.
 *
 * It has its own limits of memory, processor time and file size, no network (seccomp refuses sockets, and what could make up for
 * them), no descriptors but /dev/null, an environment of our making, and is killed with all that it has started when its time is
 * over or this process ends.
 */
#ifndef MEDIA_CHILD_H
#define MEDIA_CHILD_H

#include <stdint.h>

enum child_outcome {
	CHILD_DONE,        /* it ended with 0 */
	CHILD_FAILED,      /* it ended with another number, or crashed */
	CHILD_OUT_OF_TIME, /* it was killed */
	CHILD_NOT_STARTED  /* there is no such program, or no process for it */
};

struct child {
	const char *const
		   *command; /* the program, found along /usr/local/bin:/usr/bin:/bin, and its arguments; NULL at the end */
	const char *directory;
	int64_t     memory_bytes, file_bytes, seconds;
};

/* Runs it and waits for its end. */
enum child_outcome child_run(const struct child *child);

#endif
