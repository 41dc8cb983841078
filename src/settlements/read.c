/*
 * The job: reads a file in constant memory and works in steps, each a transaction of its own.  After a slice of time it gives way to
 * what else waits in its lane and is queued again.
 */
#include "base/arena.h"
#include "base/config.h"
#include "base/log.h"
#include "events/job.h"
#include "settlements/step.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { SLICE_MS = 10000, BUFFER = 256 * 1024, FAULT_MAX = 500, DAY = 24 * 3600, DAYS_BEFORE = 400, DAYS_AFTER = 2 };

static const struct member settlement_job_members[] = {
	M_ID(struct settlement_job, settlement, "settlement_id"),
};
SHAPE_SHARED(struct settlement_job, settlement_job_shape, "SettlementJob", settlement_job_members);

const struct problem *
queue_settlement(struct work *work, struct settlement_id id)
{
	struct settlement_job job = { id };

	return job_enqueue(work, JOB_RECONCILE_SETTLEMENT,
	    arena_format(work->arena, "%s:%s", job_kind_name(JOB_RECONCILE_SETTLEMENT), uuid_text(work->arena, id.uuid)), NULL,
	    &settlement_job_shape, &job);
}

/* A file being read. */
struct reading {
	struct work             *work;
	struct settlement       *settlement;
	int                      fd;
	char                    *buffer;   /* of BUFFER + 1 bytes */
	size_t                   from, to; /* what of it is not read yet */
	int64_t                  at;       /* the file's byte at buffer[from] */
	int64_t                  number;   /* of the last row */
	int64_t                  header;   /* the byte where the names of columns stand */
	struct csv               csv;
	struct settlement_format format;
	const char              *fault; /* the file is none of its provider's */
	struct step             *step;
	bool                     ended;
};

static void
close_file(void *object)
{
	close(((struct reading *)object)->fd);
}

/* Moves what is left to the front and fills the buffer; *last: the file ends in it. */
static const struct problem *
fill(struct reading *reading, bool *last)
{
	size_t left = reading->to - reading->from;

	memmove(reading->buffer, reading->buffer + reading->from, left);
	reading->from = 0;
	reading->to = left;
	*last = reading->at + (int64_t)left >= reading->settlement->bytes;
	while (!*last && reading->to < BUFFER) {
		ssize_t got =
		    pread(reading->fd, reading->buffer + reading->to, BUFFER - reading->to, reading->at + (int64_t)reading->to);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			log_error(
			    "cannot read a settlement file", LOG_TEXT("cause", got < 0 ? strerror(errno) : "it is too short"));
			return problem(INTERNAL, "the settlement file cannot be read");
		}
		reading->to += (size_t)got;
		*last = reading->at + (int64_t)reading->to >= reading->settlement->bytes;
	}
	return OK;
}

/* The next record, with its first byte; CSV_END at the end. */
static const struct problem *
next_record(struct reading *reading, enum csv_found *found, int64_t *begins)
{
	size_t used;
	bool   last = reading->at + (int64_t)(reading->to - reading->from) >= reading->settlement->bytes;

	*found = csv_next(&reading->csv, reading->buffer + reading->from, reading->to - reading->from, last, &used);
	if (*found == CSV_MORE) {
		TRY(fill(reading, &last));
		*found = csv_next(&reading->csv, reading->buffer, reading->to, last, &used);
	}
	*begins = reading->at;
	reading->from += used;
	reading->at += (int64_t)used;
	return OK;
}

static void
seek(struct reading *reading, int64_t at)
{
	reading->at = at;
	reading->from = reading->to = 0;
}

/* The first record tells the separator; where a worker goes on behind the names of columns they are read again. */
static const struct problem *
find_place(struct reading *reading)
{
	const struct settlement *settlement = reading->settlement;
	const int64_t            places[] = { 0, settlement->header_bytes };
	struct settlement_record record;
	enum csv_found           found;
	int64_t                  begins;

	settlement_format_begin(&reading->format,
	    (enum settlement_provider)value_index(settlement_provider_values, settlement->provider),
	    reading->work->config->settlements.paystack_columns);
	reading->header = settlement->header_bytes;
	reading->number = settlement->rows;
	for (size_t i = 0; settlement->done_bytes > 0 && i < sizeof places / sizeof *places; i++) {
		seek(reading, places[i]);
		TRY(next_record(reading, &found, &begins));
		if (found == CSV_RECORD && (i > 0 || settlement->header_bytes == 0))
			settlement_format_read(&reading->format, reading->work->arena, &reading->csv, &record, &reading->fault);
	}
	reading->fault = NULL;
	seek(reading, settlement->done_bytes);
	return OK;
}

/*
 * One wrong date would stretch the file's period over years, and each payment of them would be missing there; NULL where it can be
 * right.  A file is sent months after its rows at most, and the clocks of both sides may differ by time zones.
 */
static const char *
fault_of_date(const struct settlement *settlement, const struct settlement_record *record)
{
	int64_t came_ms = settlement->created_at.unix_ms;

	if (record->at_ms == 0 ||
	    (record->at_ms >= came_ms - (int64_t)DAYS_BEFORE * DAY * 1000 &&
		record->at_ms <= came_ms + (int64_t)DAYS_AFTER * DAY * 1000))
		return NULL;
	return "its date is more than 400 days before the file came, or 2 days after";
}

/* Reads the rows of one step. */
static const struct problem *
read_step(struct reading *reading)
{
	struct arena *arena = reading->work->arena;
	struct step  *step = reading->step;

	step->count = 0;
	while (step->count < STEP_ROWS && !reading->ended && reading->fault == NULL) {
		struct step_row *row = &step->rows[step->count];
		enum csv_found   found;
		const char      *fault = NULL;
		int64_t          begins;

		TRY(next_record(reading, &found, &begins));
		*row = (struct step_row) { .number = reading->number + 1, .id = uuid_new() };
		if (found == CSV_END) {
			reading->ended = true;
			break;
		}
		switch (found == CSV_BAD ? SETTLEMENT_MALFORMED
					 : settlement_format_read(&reading->format, arena, &reading->csv, &row->record, &fault)) {
		case SETTLEMENT_HEADER:
			reading->header = begins;
			continue;
		case SETTLEMENT_NOTHING:
			continue;
		case SETTLEMENT_REFUSED:
			reading->fault = fault;
			continue;
		case SETTLEMENT_MALFORMED:
			row->fault = found == CSV_BAD ? reading->csv.fault : fault;
			break;
		case SETTLEMENT_ROW:
			row->fault = fault_of_date(reading->settlement, &row->record);
			break;
		}
		reading->number++;
		step->count++;
	}
	return OK;
}

/* ---- writing a step ---- */

/* The id of what the row is about; NULL when that is not known. */
static const struct uuid *
subject_of(const struct step_row *row)
{
	if (row->record.kind == SETTLED_PAYMENT)
		return row->payment == NULL ? NULL : &row->payment->id.uuid;
	if (row->refund != NULL)
		return &row->refund->id.uuid;
	return row->dispute == NULL ? NULL : &row->dispute->id.uuid;
}

static const struct problem *
write_rows(struct work *work, const struct step *step)
{
	enum { COLUMNS = 12 };
	struct parameter *rows = ARENA_ARRAY(work->arena, step->count * COLUMNS, struct parameter);
	size_t            n = 0;

	for (size_t i = 0; i < step->count; i++) {
		const struct step_row *row = &step->rows[i];
		struct parameter      *columns = &rows[n * COLUMNS];

		if (row->fault != NULL || row->duplicate)
			continue;
		n++;
		columns[0] = P(row->id);
		columns[1] = P(step->settlement->id);
		columns[2] = P(row->number);
		columns[3] = P(step->settlement->provider);
		columns[4] = P(row->record.key);
		columns[5] = P(settlement_kind_values[row->record.kind]);
		columns[6] = P(subject_of(row));
		columns[7] = P(row->record.gross.minor);
		columns[8] = P(row->record.fee.minor);
		columns[9] = P((const char *)row->record.gross.currency);
		columns[10] = P(row->takes_fee);
		columns[11] = P(row->posted);
	}
	return db_run_many(work->db, NULL,
	    "INSERT INTO settlement_rows (id, settlement_id, number, provider, row_key, kind, subject_id, gross_minor, fee_minor, "
	    "currency, takes_fee, posted) VALUES [(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)]",
	    n, COLUMNS, rows);
}

static const struct problem *
write_sums(struct work *work, const struct step *step)
{
	if (step->count == 0)
		return OK;
	return db_run(work->db, NULL,
	    "INSERT INTO settlement_sums (settlement_id, currency, kind, entries, gross_minor, fee_minor, net_minor) "
	    "SELECT s.settlement_id, s.currency, s.kind, COUNT(*), SUM(s.gross_minor), SUM(s.fee_minor), "
	    "SUM(s.gross_minor) - SUM(s.fee_minor) FROM settlement_rows s WHERE s.settlement_id = ? AND s.number BETWEEN ? AND ? "
	    "GROUP BY s.settlement_id, s.currency, s.kind "
	    "ON DUPLICATE KEY UPDATE entries = entries + VALUES(entries), gross_minor = gross_minor + VALUES(gross_minor), "
	    "fee_minor = fee_minor + VALUES(fee_minor), net_minor = net_minor + VALUES(net_minor)",
	    P(step->settlement->id), P(step->rows[0].number), P(step->rows[step->count - 1].number));
}

/* The first and the last time of the step's payments; NULL where there is none. */
static void
find_period(const struct step *step, struct instant times[2], struct instant **from, struct instant **to)
{
	*from = *to = NULL;
	for (size_t i = 0; i < step->count; i++) {
		const struct step_row *row = &step->rows[i];
		struct instant         at = { row->record.at_ms };

		if (row->fault != NULL || row->record.kind != SETTLED_PAYMENT || at.unix_ms <= 0)
			continue;
		if (*from == NULL || at.unix_ms < times[0].unix_ms)
			times[0] = at;
		if (*from == NULL || at.unix_ms > times[1].unix_ms)
			times[1] = at;
		*from = &times[0];
		*to = &times[1];
	}
}

/* Behind which byte the next worker goes on; CONFLICT when another has been here. */
static const struct problem *
note_progress(const struct reading *reading)
{
	const struct step       *step = reading->step;
	const struct settlement *settlement = reading->settlement;
	struct instant           times[2], *from, *to;
	int64_t                  changed;

	find_period(step, times, &from, &to);
	TRY(db_run(reading->work->db, &changed,
	    "UPDATE settlements SET status = 'running', started_at = IFNULL(started_at, NOW(3)), done_bytes = ?, data_rows = ?, "
	    "header_bytes = ?, "
	    "period_from = IFNULL(LEAST(IFNULL(period_from, ?), ?), period_from), "
	    "period_to = IFNULL(GREATEST(IFNULL(period_to, ?), ?), period_to) WHERE id = ? AND done_bytes = ? AND data_rows = ?",
	    P(reading->at), P(reading->number), P(reading->header), P(from), P(from), P(to), P(to), P(settlement->id),
	    P(settlement->done_bytes), P(settlement->rows)));
	return changed == 1 ? OK : problem(CONFLICT, "another worker reads the settlement file");
}

static const struct problem *
write_step(struct reading *reading)
{
	struct work *work = reading->work;
	struct step *step = reading->step;

	TRY(note_progress(reading)); /* locks it */
	if (step->count == 0)
		return OK;
	TRY(find_subjects(work, step));
	compare_rows(work->arena, step);
	TRY(post_rows(work, step));
	TRY(write_rows(work, step));
	TRY(take_fees(work, step));
	TRY(file_fees(work, step));
	TRY(write_sums(work, step));
	TRY(db_run(work->db, NULL, "UPDATE settlements SET matched = matched + ?, differences = differences + ? WHERE id = ?",
	    P(step->n_matched), P(step->n_differences), P(reading->settlement->id)));
	return write_differences(work, step);
}

/* ---- ends ---- */

static const struct problem *
mark_ended(struct work *work, struct settlement_id id, enum settlement_status status, const char *fault)
{
	return db_run(work->db, NULL,
	    "UPDATE settlements SET status = ?, fault = LEFT(?, 500), finished_at = NOW(3) WHERE id = ? AND status IN ('queued', 'running')",
	    P(settlement_status_values[status]), P(fault), P(id));
}

/* The rows of the file are kept; it is not needed any more. */
static const struct problem *
end(struct reading *reading, enum settlement_status status, const char *fault)
{
	struct work *work = reading->work;

	TRY(db_transaction(work, mark_ended(work, reading->settlement->id, status, fault)));
	if (fault != NULL)
		log_warning("settlement file refused", LOG_TEXT("cause", fault));
	unlink(arena_format(
	    work->arena, "%s/%s", work->config->http.import_directory, settlement_file(work->arena, reading->settlement->id)));
	return OK;
}

/* What the file lacks is looked for from the beginning of its period on. */
static const struct problem *
begin_missing(struct work *work, struct settlement_id id)
{
	return db_run(
	    work->db, NULL, "UPDATE settlements SET missing_since = IFNULL(missing_since, period_from) WHERE id = ?", P(id));
}

/* Old files of PayPal's: a mark before the first letter, or a zero byte beside it. */
static bool
is_utf16(int fd)
{
	unsigned char first[2];

	if (pread(fd, first, sizeof first, 0) != (ssize_t)sizeof first)
		return false;
	return (first[0] == 0xFF && first[1] == 0xFE) || (first[0] == 0xFE && first[1] == 0xFF) || first[0] == 0 || first[1] == 0;
}

static const struct problem *
open_file(struct reading *reading)
{
	struct work *work = reading->work;
	const char  *path = arena_format(
	     work->arena, "%s/%s", work->config->http.import_directory, settlement_file(work->arena, reading->settlement->id));

	reading->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (reading->fd < 0) {
		log_error("cannot open a settlement file", LOG_ID("file", path), LOG_TEXT("cause", strerror(errno)));
		if (errno == ENOENT)
			reading->fault = "the file is gone";
		else
			return problem(INTERNAL, "the settlement file cannot be read");
		return OK;
	}
	arena_defer(work->arena, close_file, reading);
	if (is_utf16(reading->fd)) {
		reading->fault = "the file is encoded in UTF-16; only UTF-8 is read: convert it and send it again";
		return OK;
	}
	reading->buffer = arena_room(work->arena, BUFFER + 1);
	reading->step = ARENA_NEW(work->arena, struct step);
	return find_place(reading);
}

/* One step; *more: there is something left.  The settlement is read anew each time, since the step before has changed it. */
static const struct problem *
do_step(struct reading *reading, bool *more)
{
	struct work       *work = reading->work;
	struct settlement *settlement;

	TRY(db_one(work->db, &settlement_summary_shape, &settlement, "SELECT {s} FROM settlements s WHERE s.id = ?",
	    P(reading->settlement->id)));
	reading->settlement = settlement;
	*more = true;
	if (reading->step != NULL)
		reading->step->settlement = settlement;
	if (!reading->ended && reading->fault == NULL) {
		TRY(read_step(reading));
		if (reading->fault == NULL)
			return db_transaction(work, write_step(reading));
	}
	if (reading->fault != NULL) {
		*more = false;
		return end(reading, SETTLEMENT_FAILED, reading->fault);
	}
	if (settlement->missing_since == NULL && settlement->period_from != NULL)
		return db_transaction(work, begin_missing(work, settlement->id));
	TRY(db_transaction(work, find_missing(work, settlement, more)));
	return *more ? OK : end(reading, SETTLEMENT_DONE, settlement->rows == 0 ? "the file has no rows" : NULL);
}

const struct problem *
reconcile_settlement_job(struct work *work, const struct job *job)
{
	struct settlement_job payload;
	struct settlement    *settlement;
	struct reading        reading = { .work = work };
	int64_t               until_ms = monotonic_ms() + SLICE_MS;
	bool                  more = true;

	TRY(job_payload(work, job, &settlement_job_shape, &payload));
	TRY(db_one(work->db, &settlement_summary_shape, &settlement, "SELECT {s} FROM settlements s WHERE s.id = ?",
	    P(payload.settlement)));
	if (settlement->status == SETTLEMENT_DONE || settlement->status == SETTLEMENT_FAILED)
		return OK;
	reading.settlement = settlement;
	TRY(open_file(&reading));
	while (more && monotonic_ms() < until_ms) {
		struct arena_mark mark = arena_mark(work->arena);

		TRY(do_step(&reading, &more));
		TRY(job_progress(work, job, reading.at, &settlement->bytes));
		reading.settlement = settlement;
		arena_release(work->arena, mark);
	}
	return more ? db_transaction(work, queue_settlement(work, payload.settlement)) : OK;
}
