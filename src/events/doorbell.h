/*
 * doorbell.h: what wakes the job workers within milliseconds of a commit.
 *
 * Each lane (events/job.h) has a Unix datagram socket "<run_directory>/doorbell-<lane>".  The master of haat-jobs binds
 * them before it forks; every program that has put a job or an event in sends one byte there after its commit.  Nothing
 * depends on it: a lost ring costs at most jobs.poll_seconds.
 */
#ifndef DOORBELL_H
#define DOORBELL_H

#include <stdbool.h>

struct work;

/* Bind the lane's socket (an old one is replaced); its descriptor, non-blocking; -1 with errno when it cannot be. */
int doorbell_bind(const char *run_directory, const char *lane);

/* Does anybody listen to the lane's doorbell on this machine? */
bool doorbell_is_heard(const char *run_directory, const char *lane);

/* Take one ring, if there is one; or all, where one look serves them all. */
void doorbell_answer(int fd, bool all);

/* Ring in the lane (a name that stays) once the running transaction has committed. */
void doorbell_ring_after_commit(struct work *work, const char *lane);

#endif
