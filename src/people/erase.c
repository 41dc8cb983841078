/* The people whose accounts were deleted long ago are taken out of every table. */
#include "people/people.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/log.h"
#include "events/audit.h"
#include "events/job.h"
#include "media/media.h"
#include "reviews/reviews.h"
#include "store/db.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { AT_ONCE = 20, LETTERS_AT_ONCE = 1000, DAY = 24 * 3600 };

struct letter_file {
	struct uuid id;
};

static const struct member letter_file_members[] = { M_ID(struct letter_file, id, "id") };
SHAPE(struct letter_file, letter_file_shape, "LetterFile", letter_file_members);

/*
 * Where letters are written into a folder (the development profile) they hold the address and all they said.  Those to an address that
 * was or was to be the account's are about the account: the token or the former address that they went to is gone.
 */
static const struct problem *
remove_letters(struct work *work, struct user_id user)
{
	struct uuid         after = { { 0 } };
	struct letter_file *rows;
	size_t              count = LETTERS_AT_ONCE;

	if (*work->config->mail.host != '\0')
		return OK;
	while (count == LETTERS_AT_ONCE) {
		TRY(db_rows(work->db, &letter_file_shape, LETTERS_AT_ONCE, &rows, &count,
		    "SELECT x.id FROM (SELECT m.id FROM mails m WHERE m.recipient_id = ? UNION "
		    "SELECT m.id FROM mails m WHERE m.about_id = ?) x WHERE x.id > ? ORDER BY x.id LIMIT ?",
		    P(user), P(user), P(after), P(LETTERS_AT_ONCE)));
		for (size_t i = 0; i < count; i++) {
			const char *path = arena_format(
			    work->arena, "%s/%s.eml", work->config->mail.directory, uuid_text(work->arena, rows[i].id));

			if (unlink(path) != 0 && errno != ENOENT)
				return problem_later(work->arena, PROBLEM_INTERNAL, strerror(errno), 3600);
			after = rows[i].id;
		}
	}
	return OK;
}

/* Its record names nobody: the account's id, and when. */
static const struct problem *
erase_rows(struct work *work, struct user_id user)
{
	TRY(forget_reviewer(work, user));
	TRY(media_attach(work, MEDIA_OF_USER, user.uuid, "avatar", NULL, 0));
	for (size_t i = 0; i < holdings_count; i++)
		if (holdings[i].erase != NULL)
			TRY(db_run(work->db, NULL, holdings[i].erase, P(user)));
	return audit_record(work, "user.erased", "user", user.uuid, NULL, NULL, NULL);
}

struct to_erase {
	struct user_id id;
};

static const struct member to_erase_members[] = { M_ID(struct to_erase, id, "id") };
SHAPE(struct to_erase, to_erase_shape, "ToErase", to_erase_members);

/* What is on its way needs its address until it has arrived: such an account waits. */
const struct problem *
erase_accounts(struct work *work, int64_t *erased)
{
	struct instant   before = instant_add_seconds(instant_now(), -work->config->jobs.erase_days * DAY);
	struct to_erase *rows;
	size_t           count;

	TRY(db_rows(work->db, &to_erase_shape, AT_ONCE, &rows, &count,
	    "SELECT u.id FROM users u WHERE u.status = 'deleted' AND u.erased_at IS NULL AND u.deleted_at <= ? AND NOT EXISTS "
	    "(SELECT 1 FROM orders o WHERE o.user_id = u.id AND o.status IN ('pending', 'confirmed', 'paid', 'processing', "
	    "'shipped')) ORDER BY u.deleted_at LIMIT ?",
	    P(before), P(AT_ONCE)));
	for (size_t i = 0; i < count; i++) {
		TRY(remove_letters(work, rows[i].id));
		TRY(db_transaction(work, erase_rows(work, rows[i].id)));
		log_info("erased a deleted account", LOG_ID("user", uuid_text(work->arena, rows[i].id.uuid)));
	}
	*erased = (int64_t)count;
	return OK;
}

const struct problem *
erase_accounts_job(struct work *work, const struct job *job)
{
	int64_t erased;

	do {
		struct arena_mark mark = arena_mark(work->arena);

		TRY(erase_accounts(work, &erased));
		TRY(job_heartbeat(work, job));
		arena_release(work->arena, mark);
	} while (erased == AT_ONCE);
	return OK;
}
