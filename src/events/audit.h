/*
 * audit.h: the audit trail: who did what to what, when, from where, with the state before and after.
 *
 * Rows are only ever added (triggers refuse the rest).  What they keep of people is masked: e-mail addresses, phone
 * numbers, names and street lines can be recognised by who knows them, and not be learnt.
 */
#ifndef AUDIT_H
#define AUDIT_H

#include "base/shape.h"

struct work;

/*
 * Write one record into the running transaction, on behalf of the work's actor, address and request: `action`
 * ("merchant.suspended") on a thing ("merchant", its id).  `before` and `after` are structs of `shape`, either NULL when
 * there was nothing before or is nothing after.
 */
const struct problem *audit_record(struct work *work, const char *action, const char *subject_type, struct uuid subject,
    const struct shape *shape, const void *before, const void *after);

#endif
