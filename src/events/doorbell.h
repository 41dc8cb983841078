/*
 * doorbell.h: what wakes the job workers within milliseconds of a commit.
 *
 * A Unix datagram socket "<run_directory>/doorbell".  The master of haat-jobs binds it before it forks; every program
 * that has put a job in sends one byte there after its commit.  Nothing depends on it: a lost ring costs at most
 * jobs.poll_seconds.
 */
#ifndef DOORBELL_H
#define DOORBELL_H

struct work;

/* Bind the socket (an old one is replaced); its descriptor, non-blocking; -1 with errno when it cannot be. */
int doorbell_bind(const char *run_directory);

/* Take one ring, if there is one. */
void doorbell_answer(int fd);

/* Ring once the running transaction has committed. */
void doorbell_ring_after_commit(struct work *work);

#endif
