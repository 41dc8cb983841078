/*
 * stamped.h: documents that memcached holds for the database: a list page, a product, the tree of categories.
 *
 * A document has a key, and stamps: each stands for the present state of something that the document shows, and is a random
 * number in memcached.  Document and stamps are fetched in one round trip.  The document begins with the epoch
 * (store/trust.h) and the stamps that were in force before its maker read the database, and is used only while they still
 * are.  Whoever changes something puts new stamps in their place after the commit (stamps_renew), so that no document from
 * before is used any more.  A stamp that is missing (evicted, or memcached was restarted) is made anew, and no stamp ever
 * comes back: memcached may forget or carry out late whatever it likes.
 *
 * A cold document is made by one worker; the others wait for it a moment.  It is kept plain and packed (gzip), each under
 * its own key, made when the first one asks for it.  Whatever goes wrong, the document is made from the database for this
 * one request.
 *
 * Only what everybody may see is kept.
 */
#ifndef STAMPED_H
#define STAMPED_H

#include "base/problem.h"

#include <stdbool.h>
#include <stddef.h>

struct text;
struct work;

enum { STAMPS_MAX = 5, STAMPED_TAG_LENGTH = 16, STAMPED_LABEL_MAX = 64 };

struct stamped_key {
	const char *name;
	const char *stamps[STAMPS_MAX]; /* names, none twice */
	size_t      n_stamps;
};

struct stamped {
	const char *bytes; /* in the arena */
	size_t      length;
	bool        packed; /* gzip: only where that was asked for, and makes it shorter */
	const char *label;  /* what its maker noted beside it: a word of at most STAMPED_LABEL_MAX bytes, or "" */
	/* STAMPED_TAG_LENGTH hexadecimal digits, others whenever the document may be another; NULL: it was not kept. */
	const char *tag;
};

/* Makes the document from the database; sets *label, or leaves it "". */
typedef const struct problem *stamped_maker(struct work *work, void *argument, struct text *into, const char **label);

/* The document, packed if `packed`; a problem is the maker's. */
const struct problem *stamped_read(
    struct work *work, const struct stamped_key *key, bool packed, stamped_maker *make, void *argument, struct stamped *document);

/* The tag that the document has now, in one round trip without the document; NULL when that is not known. */
const char *stamped_tag(struct work *work, const struct stamped_key *key);

/* Whether documents are kept at all: cache.servers names somebody. */
bool stamped_used(const struct work *work);

/*
 * What these stand for has changed, and the change is committed.  When it returns, no document from before is used by
 * anybody: should memcached not answer, by trust_lose.  Not within a transaction: see work_after_commit.
 */
void stamps_renew(struct work *work, const char *const *names, size_t count);

/* The same without a wait and without that promise: for a job, which comes again.  False when it is not certain. */
bool stamps_try_renew(struct work *work, const char *const *names, size_t count);

#endif
