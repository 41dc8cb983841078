/*
 * receive.h: files and addresses that come in.
 */
#ifndef MEDIA_RECEIVE_H
#define MEDIA_RECEIVE_H

#include "media/file.h"

struct upload;

enum { MEDIA_FILES_MAX = 5 };

/*
 * Keep files of a route with .upload.kept for the viewer, and queue what makes their sizes; *media is what answers show of them.
 * VALIDATION_FAILED at "where.index" for each that is no picture or video that we take; STORAGE_FULL.  Of what fails nothing is kept.
 */
const struct problem *media_receive(
    struct work *work, const struct upload *files, size_t n, const char *where, struct media **media);

/* Remove one that the viewer owns and nothing shows.  NOT_FOUND, IN_USE. */
const struct problem *media_delete(struct work *work, struct media_id id);

/*
 * Remove files of uploads that were never written down, from before that time and at most a day before: of workers that died.
 * *removed of them.  What such workers had under way is removed whenever it was left, being few.
 */
const struct problem *remove_leftover_originals(struct work *work, struct instant before, int64_t *removed);

#endif
