/* From an event to the rows of its letters. */
#include "notify/letter.h"

#include "base/arena.h"
#include "base/config.h"
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

/* The row, and the job that sends it; neither when it is there. */
static const struct problem *
write_one(struct work *work, const struct letter *letter, const struct event_notice *notice)
{
	struct uuid           mail = uuid_new(), reader = { { 0 } };
	struct letter_job     payload = { mail };
	const struct problem *problem;

	TRY(letter->find_reader(work, notice->aggregate, &reader));
	if (uuid_is_nil(reader))
		return OK;
	problem = db_run(work->db, NULL,
	    "INSERT INTO mails (id, kind, cause_id, about_id, recipient_kind, recipient_id) VALUES (?, ?, ?, ?, ?, ?)", P(mail),
	    P(letter->name), P(notice->event), P(notice->aggregate), P(letter_to_values[letter->to]), P(reader));
	if (db_duplicate(work->db, problem, "uq_mails_once"))
		return OK;
	TRY(problem);
	return job_enqueue(work, JOB_SEND_LETTER, NULL, NULL, &letter_job_shape, &payload);
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
			TRY(write_one(work, *letter, &notice));
	return OK;
}
