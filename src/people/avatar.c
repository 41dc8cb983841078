/* Somebody chooses a picture of themselves. */
#include "people/avatar.h"

#include "base/arena.h"
#include "events/audit.h"
#include "events/job.h"
#include "events/record.h"
#include "media/receive.h"
#include "store/db.h"

#include <string.h>

enum { SHOWN_WIDTH = 480, SHOWN_AT_MOST = 100 };

static const struct problem *
choose(struct work *work, const struct media_use *use)
{
	struct user_id id = work->viewer.user;

	TRY(media_attach(work, MEDIA_OF_USER, id.uuid, "file", use, use == NULL ? 0 : 1));
	return db_run(work->db, NULL, "UPDATE users SET avatar = NULL, updated_by = ? WHERE id = ?", P(id), P(id));
}

/* First: of two changes at once the second replaces what the first has chosen. */
static const struct problem *
lock_viewer(struct work *work)
{
	int64_t locked;

	return db_value(work->db, &locked, "SELECT 1 FROM users WHERE id = ? FOR UPDATE", P(work->viewer.user));
}

const struct problem *
replace_avatar(struct work *work, const struct upload *file, struct media **media)
{
	struct media_use use = { .alt = NULL };

	TRY(lock_viewer(work));
	TRY(media_receive(work, file, 1, "file", media));
	use.id = (*media)->id;
	TRY(choose(work, &use));
	return audit_record(work, "user.avatar_changed", "user", work->viewer.user.uuid, &media_shape, NULL, *media);
}

const struct problem *
remove_avatar(struct work *work)
{
	TRY(lock_viewer(work));
	TRY(choose(work, NULL));
	return audit_record(work, "user.avatar_removed", "user", work->viewer.user.uuid, NULL, NULL, NULL);
}

/* ---- it is ready ---- */

struct showing_user {
	struct user_id id;
};

static const struct member showing_user_members[] = { M_ID(struct showing_user, id, "id", .column = "subject_id") };
SHAPE(struct showing_user, showing_user_shape, "ShowingUser", showing_user_members);

/* The JPEG that every client shows, no larger than a profile wants; NULL while there are no sizes. */
static const char *
shown_url(const struct media *media)
{
	const char *url = NULL;

	for (size_t i = 0; i < media->n_sizes; i++)
		if (strcmp(media->sizes[i].type, "image/jpeg") == 0 && (url == NULL || media->sizes[i].width <= SHOWN_WIDTH))
			url = media->sizes[i].url;
	return url;
}

/* Whoever has chosen another meanwhile, or none, keeps that: the statement looks at what is there when it writes. */
static const struct problem *
show(struct work *work, struct uuid user)
{
	struct media_list *lists;

	TRY(media_of(work, MEDIA_OF_USER, &user, 1, &lists));
	if (lists[0].n == 0)
		return OK;
	return db_run(work->db, NULL,
	    "UPDATE users u SET u.avatar = ?, u.updated_at = u.updated_at WHERE u.id = ? AND EXISTS (SELECT 1 FROM media_uses m "
	    "WHERE m.subject_kind = 'user' AND m.subject_id = u.id AND m.media_id = ?)",
	    P(shown_url(&lists[0].media[0])), P(user), P(lists[0].media[0].id));
}

const struct problem *
show_avatar_job(struct work *work, const struct job *job)
{
	struct event_notice  notice;
	struct showing_user *users;
	size_t               n;

	TRY(job_payload(work, job, &event_notice_shape, &notice));
	TRY(db_rows(work->db, &showing_user_shape, SHOWN_AT_MOST, &users, &n,
	    "SELECT {u} FROM media_uses u WHERE u.media_id = ? AND u.subject_kind = 'user' LIMIT ?", P(notice.aggregate),
	    P(SHOWN_AT_MOST)));
	for (size_t i = 0; i < n; i++)
		TRY(show(work, users[i].id.uuid));
	return OK;
}

const struct problem *
renew_avatars(struct work *work)
{
	return media_renew(work, MEDIA_OF_USER, show);
}
