/*
 * export.h: all that is kept of somebody, as a file for them.
 *
 * A job writes it: a ZIP archive with a JSON file for each table that keeps something of people (holdings.c says which columns),
 * beside the files of imports.  It opens to its owner alone, for EXPORT_HOURS.  An account has one at a time: a new one takes the
 * place of the last, an hour after that was asked for.
 */
#ifndef PEOPLE_EXPORT_H
#define PEOPLE_EXPORT_H

#include "base/shape.h"
#include "store/work.h"

struct job;

enum { EXPORT_HOURS = 24 };

enum export_status { EXPORT_QUEUED, EXPORT_READY, EXPORT_FAILED };
extern const char *const export_status_values[];

struct data_export {
	struct export_id id;
	struct user_id   user;
	int              status;     /* enum export_status */
	int64_t         *bytes;      /* of the file; NULL while there is none */
	const char      *url;        /* of the file, likewise */
	struct instant  *expires_at; /* when it goes, likewise */
	struct instant   created_at;
};
SHAPE_DECLARE(struct data_export, data_export_shape);

/* The viewer's export is to be made, inside a transaction; one that is being made is the answer.  RATE_LIMITED within the hour. */
const struct problem *ask_for_export(struct work *work, struct data_export **export);

/* The viewer's; NOT_FOUND, also of one that another has taken the place of, and once its time is over. */
const struct problem *show_export(struct work *work, struct export_id id, struct data_export **export);

/* The viewer's last one, while its time is not over; NULL: there is none. */
const struct problem *find_own_export(struct work *work, struct data_export **export);

/* Where its file is kept; in the arena. */
const char *export_path(struct work *work, struct export_id id);

/* export_run.c: the job that makes it. */
const struct problem *export_person_job(struct work *work, const struct job *job);

struct export_job {
	struct export_id export;
};
SHAPE_DECLARE(struct export_job, export_job_shape);

/* Forget those whose time was over before that, at most a thousand; *removed of them. */
const struct problem *remove_exports(struct work *work, struct instant before, int64_t *removed);

/* Remove files from before that time which no row names; *removed of them. */
const struct problem *remove_leftover_exports(struct work *work, struct instant before, int64_t *removed);

#endif
