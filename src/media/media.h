/*
 * media.h: pictures and videos, and what shows them.
 *
 * A file is uploaded (or fetched from an address), belongs to who has uploaded it, and is shown by naming its id: a product's
 * list, a review's, a user's picture, a shop's logo.  What nothing shows any longer is removed, with its files, by a job; what
 * was uploaded and never named, after a day.
 *
 * An original is never served: until a job has made its sizes a picture is pending, without `url` and `sizes`.
 *
 * Lock order: the thing that shows them, then media by ascending id.  Everything that writes runs in the transaction of its caller.
 */
#ifndef MEDIA_H
#define MEDIA_H

#include "base/shape.h"
#include "store/work.h"

enum media_subject { MEDIA_OF_PRODUCT, MEDIA_OF_REVIEW, MEDIA_OF_USER, MEDIA_OF_MERCHANT };

enum { MEDIA_USES_MAX = 20, MEDIA_SIZES_MAX = 8, MEDIA_ALT_MAX = 300 };

struct media_size {
	const char *url, *type;
	int64_t     width;
};
SHAPE_DECLARE(struct media_size, media_size_shape);

/*
 * The origins besides the shop's own that pictures and videos are shown from, for a Content-Security-Policy: " https://cdn.example", or ""
 * where there are none.  A store that is not used any more is one of them while its settings stand.
 */
const char *media_origins(const struct config *config, struct arena *arena);

/* The shape Media of answers. */
struct media {
	struct media_id    id;
	const char        *url;            /* the largest size, or the video; NULL while it is not ready */
	const char        *type;           /* of what `url` names */
	const char        *public_id;      /* of the same, in the store outside; NULL: there is none */
	int64_t           *width, *height; /* in pixels; NULL of a video, and until it is fetched */
	const char        *alt;
	const char        *source; /* where it was fetched from, which no answer tells; NULL: it was uploaded */
	struct media_size *sizes;  /* WebP and JPEG, by ascending width; empty while it is not ready, and of a video */
	size_t             n_sizes;
};
SHAPE_DECLARE(struct media, media_shape);

/* One place in a subject's list. */
struct media_use {
	struct media_id id;
	const char     *alt; /* NULL: none */
	const char     *url; /* of media_attach_new: fetch it from there, it has no id yet; else NULL */
};

/* Uses of ids that came as texts (a M_TEXTS member `where`); VALIDATION_FAILED at "where.index" for what is no id. */
const struct problem *media_uses_read(
    struct work *work, const char *where, const char *const *ids, size_t n, struct media_use **uses);

/*
 * Let the subject show exactly these, in this order; what it showed before and no longer does may be removed.  The caller has
 * locked the subject.  Each must be the viewer's own or their shop's (or shown by the subject already), pending or ready, named
 * once, and a picture where the subject is a user or a merchant: else VALIDATION_FAILED at "where.index" for each that is not.
 * With n 0 it forgets what the subject showed: also for the subject's deletion.
 */
const struct problem *media_attach(
    struct work *work, enum media_subject kind, struct uuid subject, const char *where, const struct media_use *uses, size_t n);

/* What a new subject is to show. */
struct media_showing {
	struct uuid           subject;
	struct media_use     *uses; /* those with a `url` get their id */
	size_t                n;
	const struct problem *refused; /* set: why these cannot be, OK when they are shown now */
};

/*
 * media_attach for many subjects that show nothing yet, in a few statements for all.  A subject whose list cannot be is refused and shows
 * nothing, the others go on; what has a `url` is fetched as media_fetch_later does.
 */
const struct problem *media_attach_new(
    struct work *work, enum media_subject kind, const char *where, struct media_showing *showing, size_t n);

/* A row for each address, from which a job fetches the picture: pending until then.  ids[i] is that of urls[i]. */
const struct problem *media_fetch_later(struct work *work, const char *const *urls, size_t n, struct media_id *ids);

/* Of what the subject shows: ids[i] was fetched from urls[i], or is to be; NULL: nothing was.  Each of it once. */
const struct problem *media_shown_from(
    struct work *work, enum media_subject kind, struct uuid subject, const char *const *urls, size_t n, struct media_id ***ids);

/* Is ids[i] there, and the viewer's or the shop's?  One statement for all. */
const struct problem *media_known(
    struct work *work, const struct merchant_id *merchant, const struct media_id *ids, size_t n, bool *known);

struct media_list {
	struct media *media;
	size_t        n;
};

/* (*lists)[i] is what subjects[i] shows, in order: one statement for all (none for n 0). */
const struct problem *media_of(
    struct work *work, enum media_subject kind, const struct uuid *subjects, size_t n, struct media_list **lists);

/* Calls renew for each subject of that kind which shows something, each in a transaction of its own; stops at a problem. */
const struct problem *media_renew(
    struct work *work, enum media_subject kind, const struct problem *(*renew)(struct work *work, struct uuid subject));

#endif
