/*
 * audit.h: the audit trail: who did what to what, when, from where, with the state before and after.
 *
 * Rows are only ever added (triggers refuse the rest).  What they keep of people is masked: e-mail addresses, phone
 * numbers, names and street lines can be recognised by who knows them, and not be learnt.
 */
#ifndef AUDIT_H
#define AUDIT_H

#include "base/shape.h"

struct listed;
struct page_request;
struct work;

/*
 * Write one record into the running transaction, on behalf of the work's actor, address and request: `action`
 * ("merchant.suspended") on a thing ("merchant", its id).  `before` and `after` are structs of `shape`, either NULL when
 * there was nothing before or is nothing after.
 */
const struct problem *audit_record(struct work *work, const char *action, const char *subject_type, struct uuid subject,
    const struct shape *shape, const void *before, const void *after);

struct audited {
	struct uuid subject;
	const void *before, *after;
};

/* The same of many, in one statement.  OK when there are none. */
const struct problem *audit_record_many(struct work *work, const char *action, const char *subject_type,
    const struct shape *shape, const struct audited *audited, size_t count);

struct audit_entry {
	struct uuid        id;
	struct user_id    *actor; /* NULL: the system */
	struct api_key_id *key;
	const char        *actor_name; /* as it is now */
	const char        *actor_role, *action, *subject_type, *before, *after, *ip, *request_id;
	struct uuid       *subject;
	struct instant     created_at;
};
SHAPE_DECLARE(struct audit_entry, audit_entry_shape);

/* Each NULL: any. */
struct audit_filters {
	const struct uuid    *subject, *by, *key; /* by: the actor */
	const char           *action, *subject_type;
	const struct instant *from, *to; /* at `from` or later, before `to` */
};

/* One page of the trail, newest first.  BAD_CURSOR; VALIDATION_FAILED when `to` is not behind `from`. */
const struct problem *list_audit_entries(struct work *work, const struct audit_filters *filters, const struct page_request *page,
    struct audit_entry **entries, struct listed *listed);

#endif
