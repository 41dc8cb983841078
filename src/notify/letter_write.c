/* From an event to the rows of its letters. */
#include "notify/letter.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/text.h"
#include "events/job.h"
#include "store/db.h"
#include "store/work.h"

#include <string.h>

static const struct member letter_job_members[] = {
	M_ID(struct letter_job, mail, "mail", .required = true),
};
SHAPE_SHARED(struct letter_job, letter_job_shape, "LetterJob", letter_job_members);

struct event_told {
	const char *type;
};

static const struct member event_told_members[] = {
	M_TEXT(struct event_told, type, "type", 64),
};
SHAPE(struct event_told, event_told_shape, "EventTold", event_told_members, .noun = "event");

/* The row, and the job that sends it; neither when it is there, nor for a user who has no address. */
static const struct problem *
write_one(struct work *work, const struct letter *letter, const struct event_notice *notice)
{
	struct uuid           mail = uuid_new(), reader = { { 0 } };
	struct letter_job     payload = { mail };
	const struct problem *problem;
	int64_t               written = 0;

	TRY(letter->find_reader(work, notice->aggregate, &reader));
	if (uuid_is_nil(reader))
		return OK;
	problem = db_run(work->db, &written,
	    "INSERT INTO mails (id, kind, cause_id, about_id, recipient_kind, recipient_id) SELECT ?, ?, ?, ?, ?, ? FROM DUAL "
	    "WHERE NOT EXISTS (SELECT 1 FROM users u WHERE u.id = ? AND u.email IS NULL)",
	    P(mail), P(letter->name), P(notice->event), P(notice->aggregate), P(letter_to_values[letter->to]), P(reader),
	    P(reader));
	if (db_duplicate(work->db, problem, "uq_mails_once"))
		return OK;
	TRY(problem);
	if (written == 0)
		return OK;
	return job_enqueue(work, JOB_SEND_LETTER, NULL, NULL, &letter_job_shape, &payload);
}

/*
 * Those of the readers who have an address, and want news if it is some, as rows of `mails` and jobs that send them: a reader
 * who has the letter gets no second.
 */
static const struct problem *
write_many(struct work *work, const struct letter *letter, const struct event_notice *notice, const struct parameter *readers,
    size_t count)
{
	enum { COLUMNS = 6 };
	struct parameter    *rows = ARENA_ARRAY(work->arena, count * COLUMNS, struct parameter);
	struct new_job      *jobs = ARENA_ARRAY(work->arena, count, struct new_job);
	struct letter_found *found;
	size_t               n;

	TRY(db_rows_many(work->db, &letter_found_shape, count, &found, &n,
	    "SELECT u.id FROM users u WHERE u.id IN ([?]) AND u.status = 'active' AND u.email IS NOT NULL AND (u.news OR NOT ?)",
	    count, count + 1, readers));
	for (size_t i = 0; i < n; i++) {
		struct letter_job payload = { uuid_new() };
		struct text       json = text_new(work->arena, 64);
		struct parameter  row[COLUMNS] = { P(payload.mail), P(letter->name), P(notice->event), P(notice->aggregate),
			 P(letter_to_values[letter->to]), P(found[i].id) };

		memcpy(&rows[i * COLUMNS], row, sizeof row);
		shape_print(&letter_job_shape, &payload, &json);
		jobs[i] = (struct new_job) { .kind = JOB_SEND_LETTER, .payload = json.bytes };
	}
	TRY(db_run_many(work->db, NULL,
	    "INSERT INTO mails (id, kind, cause_id, about_id, recipient_kind, recipient_id) VALUES [(?, ?, ?, ?, ?, ?)] "
	    "ON DUPLICATE KEY UPDATE cause_id = VALUES(cause_id)",
	    n, COLUMNS, rows));
	return job_enqueue_many(work, jobs, n);
}

/* The next of the letter's readers; when there may be more, the same once more. */
static const struct problem *
write_to_next(struct work *work, const struct letter *letter, const struct event_notice *notice)
{
	struct user_id   *readers = ARENA_ARRAY(work->arena, LETTER_READERS_MAX, struct user_id);
	struct parameter *ids;
	size_t            count;

	TRY(letter->find_readers(work, notice->aggregate, readers, &count));
	if (count == 0)
		return OK;
	ids = ARENA_ARRAY(work->arena, count + 1, struct parameter);
	for (size_t i = 0; i < count; i++)
		ids[i] = P(readers[i]);
	ids[count] = P(letter->news);
	TRY(write_many(work, letter, notice, ids, count));
	return count < LETTER_READERS_MAX ? OK : job_enqueue(work, JOB_WRITE_LETTERS, NULL, NULL, &event_notice_shape, notice);
}

/* Where mail is off nobody is written to: not later either. */
const struct problem *
write_letters_job(struct work *work, const struct job *job)
{
	struct event_notice notice;
	struct event_told  *event;

	if (!config_has_mail(work->config))
		return OK;
	TRY(job_payload(work, job, &event_notice_shape, &notice));
	TRY(db_one(work->db, &event_told_shape, &event, "SELECT {e} FROM events e WHERE e.id = ?", P(notice.event)));
	for (const struct letter *const *letter = letters; *letter != NULL; letter++)
		if (strcmp(event_type_name((*letter)->event), event->type) == 0)
			TRY((*letter)->find_readers == NULL ? write_one(work, *letter, &notice)
							    : write_to_next(work, *letter, &notice));
	return OK;
}
