/*
 * avatar.h: the picture that somebody shows of themselves.
 *
 * It is one of media.h.  Where it is served stands with the user (users.avatar), so that whoever reads one, or signs in, has it;
 * until its sizes are made that is NULL.
 */
#ifndef PEOPLE_AVATAR_H
#define PEOPLE_AVATAR_H

#include "media/media.h"
#include "store/work.h"

struct job;
struct upload;

/* The viewer shows this picture from now on, inside a transaction.  VALIDATION_FAILED for what is none; STORAGE_FULL. */
const struct problem *replace_avatar(struct work *work, const struct upload *file, struct media **media);

/* The viewer shows none, inside a transaction; nothing happens when there is none. */
const struct problem *remove_avatar(struct work *work);

/* The job for a picture that has become ready: whoever has chosen it shows it. */
const struct problem *show_avatar_job(struct work *work, const struct job *job);

/* Print where all of them are served anew: after media.public_url or the storage has changed. */
const struct problem *renew_avatars(struct work *work);

#endif
