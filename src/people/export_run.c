/* The job that writes all that is kept of somebody into an archive. */
#include "people/export.h"

#include "accounts/accounts.h"
#include "base/arena.h"
#include "base/log.h"
#include "base/zip.h"
#include "events/job.h"
#include "people/people.h"
#include "store/db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 1 << 20, HEARTBEAT_ROWS = 1000 };

static const char about[] =
    "All that the shop keeps of you, a file for each kind of it, as JSON (RFC 8259).\n"
    "\n"
    "Amounts whose names end in _minor are in the currency's smallest unit (1250 is 12.50 USD).  Times are in UTC.  Secrets, such as the\n"
    "hash of your password, are not here.\n";

struct line {
	const char *json;
};

static const struct member line_members[] = { M_TEXT(struct line, json, "line", LINE_MAX_BYTES) };
SHAPE(struct line, line_shape, "ExportedLine", line_members);

struct writing {
	struct work      *work;
	const struct job *job;
	struct zip       *zip;
	struct user_id    user;
	int64_t           rows; /* of the file that is being written */
};

static const struct problem *
not_written(void)
{
	log_error("cannot write somebody's data", LOG_TEXT("cause", strerror(errno)));
	return problem(INTERNAL, "the export could not be written");
}

static const struct problem *
write_line(void *row, void *argument)
{
	struct writing *writing = argument;
	const char     *json = ((const struct line *)row)->json;

	if (++writing->rows % HEARTBEAT_ROWS == 0)
		TRY(job_heartbeat(writing->work, writing->job));
	if (!zip_add(writing->zip, writing->rows == 1 ? "\n" : ",\n", writing->rows == 1 ? 1 : 2) ||
	    !zip_add(writing->zip, json, strlen(json)))
		return not_written();
	return OK;
}

static const struct problem *
write_table(struct writing *writing, const struct holding *holding)
{
	struct work *work = writing->work;
	const char  *sql = arena_format(work->arena, "SELECT JSON_OBJECT(%.*s) AS line FROM %s %s",
	     (int)(strlen(holding->told) - strlen(", ")), holding->told, holding->table, holding->of);

	writing->rows = 0;
	TRY(job_heartbeat(work, writing->job));
	if (!zip_begin(writing->zip, arena_format(work->arena, "%s.json", holding->table)) || !zip_add(writing->zip, "[", 1))
		return not_written();
	TRY(db_each(work->db, &line_shape, write_line, writing, db_compose(work->db, sql), P(writing->user)));
	return zip_add(writing->zip, "\n]\n", 3) ? OK : not_written();
}

static const struct problem *
write_archive(struct writing *writing, int fd)
{
	writing->zip = zip_new(writing->work->arena, fd);
	if (!zip_begin(writing->zip, "README.txt") || !zip_add(writing->zip, about, sizeof about - 1))
		return not_written();
	for (size_t i = 0; i < holdings_count; i++)
		if (holdings[i].told != NULL)
			TRY(write_table(writing, &holdings[i]));
	return zip_finish(writing->zip) && fsync(fd) == 0 ? OK : not_written();
}

/* Its name tells the attempt: a worker that has lost its lease and is still writing spoils no other's. */
static const struct problem *
write_file(struct writing *writing, const struct data_export *export, int64_t *bytes)
{
	const char           *path = export_path(writing->work, export->id);
	const char           *draft = arena_format(writing->work->arena, "%s.%lld", path, (long long)writing->job->attempts);
	int                   fd = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	struct stat           status;
	const struct problem *problem;

	if (fd < 0)
		return not_written();
	problem = write_archive(writing, fd);
	if (problem == OK && (fstat(fd, &status) != 0 || rename(draft, path) != 0))
		problem = not_written();
	if (problem == OK)
		*bytes = status.st_size;
	else
		unlink(draft);
	close(fd);
	return problem;
}

/* Its time begins now.  It is nobody's when the account has been deleted or another was asked for meanwhile. */
static const struct problem *
finish(struct work *work, const struct data_export *export, int64_t bytes, bool *wanted)
{
	struct user *user;
	int64_t      changed;

	TRY(db_run(work->db, &changed,
	    "UPDATE data_exports SET status = 'ready', bytes = ?, expires_at = ? WHERE id = ? AND status = 'queued'", P(bytes),
	    P(instant_add_seconds(instant_now(), (int64_t)EXPORT_HOURS * 3600)), P(export->id)));
	*wanted = changed == 1;
	if (!*wanted)
		return OK;
	TRY(read_user(work, export->user, &user));
	return record_user_event(work, EVENT_USER_EXPORT_READY, user);
}

static const struct problem *
make_export(struct work *work, const struct job *job, const struct data_export *export)
{
	struct writing writing = { .work = work, .job = job, .user = export->user };
	int64_t        bytes = 0;
	bool           wanted = false;

	TRY(write_file(&writing, export, &bytes));
	TRY(db_transaction(work, finish(work, export, bytes, &wanted)));
	if (!wanted)
		unlink(export_path(work, export->id));
	return OK;
}

const struct problem *
export_person_job(struct work *work, const struct job *job)
{
	struct export_job wanted;
	struct data_export *export;
	const struct problem *problem;

	TRY(job_payload(work, job, &export_job_shape, &wanted));
	TRY(db_row(work->db, &data_export_shape, &export, "SELECT {} FROM data_exports WHERE id = ? AND status = 'queued'",
	    P(wanted.export)));
	if (export == NULL)
		return OK;
	problem = make_export(work, job, export);
	if (problem != OK && job->attempts >= job->max_attempts)
		TRY(db_run(work->db, NULL, "UPDATE data_exports SET status = 'failed' WHERE id = ? AND status = 'queued'",
		    P(export->id)));
	return problem;
}
