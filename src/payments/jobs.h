/*
 * jobs.h: what payments do by themselves, in haat-jobs: give money back, ask providers about attempts that are not final,
 * expire orders (whose intent is cancelled first).  The main lists these handlers.
 */
#ifndef PAYMENTS_JOBS_H
#define PAYMENTS_JOBS_H

#include "base/shape.h"

struct job;
struct refund;
struct work;

struct refund_job {
	struct refund_id refund;
};
SHAPE_DECLARE(struct refund_job, refund_job_shape);

struct reconcile_job {
	struct payment_id payment;
};
SHAPE_DECLARE(struct reconcile_job, reconcile_job_shape);

/* One refund; tried again until the provider has spoken. */
const struct problem *refund_payment_job(struct work *work, const struct job *job);

/* An order that was cancelled, or paid by another attempt: end its live attempts, give back what it has no claim to. */
const struct problem *refund_order_job(struct work *work, const struct job *job);

/* Every attempt that is not final and whose time has come, and every refund that its own job has given up. */
const struct problem *reconcile_payments_job(struct work *work, const struct job *job);

/* One attempt, now. */
const struct problem *reconcile_payment_job(struct work *work, const struct job *job);

/* Orders that nobody paid in time. */
const struct problem *expire_orders_job(struct work *work, const struct job *job);

/* request_end.c: a payment request that is paid or has ended: end what is still open of its attempts. */
const struct problem *end_request_job(struct work *work, const struct job *job);

/* Payment requests that nobody paid in time. */
const struct problem *expire_requests_job(struct work *work, const struct job *job);

/* refund.c: one step of a pending refund. */
const struct problem *send_refund(struct work *work, struct refund_id id);

#endif
