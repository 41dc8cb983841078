/*
 * reviews.h: what buyers say of products, and what sellers answer.
 */
#ifndef REVIEWS_H
#define REVIEWS_H

#include "base/ids.h"
#include "http/route.h"

struct job;
struct work;

extern const struct route_table reviews_table;

/* A job: a picture that reviews show is ready. */
const struct problem *show_review_media_job(struct work *work, const struct job *job);

/* Print the pictures of all reviews again: after media.public_url or the storage has changed. */
const struct problem *renew_review_media(struct work *work);

/* Take an erased account's name from its reviews, and its likes away; inside the transaction that erases it. */
const struct problem *forget_reviewer(struct work *work, struct user_id user);

#endif
