/*
 * jobs.h: what risk does by itself, in haat-jobs.
 */
#ifndef RISK_JOBS_H
#define RISK_JOBS_H

#include "base/instant.h"
#include "base/problem.h"

struct job;
struct work;

/* learn.c, every night: what is usual, what the points should be, and what is no longer kept of payers. */
const struct problem *learn_risk_job(struct work *work, const struct job *job);

/* The points that rules would have if the shop's own disputes, fraud refunds and reviews said so; in shadow. */
const struct problem *risk_learn_points(struct work *work, struct instant now);

/* bands.c: the last full hour of each merchant and provider, held against the same hour of the weeks before. */
const struct problem *watch_bands_job(struct work *work, const struct job *job);
const struct problem *risk_watch_hour(struct work *work, struct instant hour);

/* usual.c: what is usual up to now: amounts, and the products that sell best. */
const struct problem *risk_learn_usual(struct work *work, struct instant now);

#endif
