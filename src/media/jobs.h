/*
 * jobs.h: what jobs do with pictures and videos.
 */
#ifndef MEDIA_JOBS_H
#define MEDIA_JOBS_H

#include "media/file.h"

struct job;

/* The payload of MAKE_SIZES. */
struct media_job {
	struct media_id media;
};

/* Have what is shown of them made; have removed what is to be.  Inside a transaction. */
const struct problem *queue_sizes(struct work *work, const struct media_row *rows, size_t n);
const struct problem *queue_removal(struct work *work);

/* Where files of one that is being made lie: the sizes by their names, and the intermediate one. */
const char *media_bench(struct work *work, struct media_id id);
void        media_clear_bench(struct work *work, struct media_id id);

/* Remove all files of a row, those under way too; the problems of struct storage.  Not inside a transaction. */
const struct problem *remove_files(struct work *work, const struct media_row *row);

/* MAKE_SIZES: what is shown of one; after its last attempt it has failed.  Records media.ready. */
const struct problem *make_sizes_job(struct work *work, const struct job *job);

/* REMOVE_MEDIA: the files and rows of what nothing shows any longer. */
const struct problem *remove_media_job(struct work *work, const struct job *job);

#endif
