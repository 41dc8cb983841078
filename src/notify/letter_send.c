/* One letter to one person: read, printed, handed over, recorded. */
#include "notify/letter.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/metrics.h"
#include "events/job.h"
#include "net/circuit.h"
#include "notify/letter_words.h"
#include "notify/mail.h"
#include "notify/mail_row.h"
#include "notify/unsubscribe.h"
#include "store/db.h"
#include "store/work.h"

#include <string.h>

enum { FULL_SECONDS = 1 };

/* ---- who reads it ---- */

static const struct member reader_members[] = {
	M_TEXT(struct letter_reader, address, "address", 254),
	M_TEXT(struct letter_reader, name, "name", 150),
	M_TEXT(struct letter_reader, language, "language", 35),
};
SHAPE(struct letter_reader, reader_shape, "LetterReader", reader_members);

/* NULL: nobody is there any more, or wants it.  Who is disabled is written to only about what ends for them. */
static const struct problem *
find_reader(struct work *work, const struct letter *letter, const struct mail_row *mail, struct letter_reader **reader)
{
	*reader = NULL;
	switch ((enum letter_to)mail->recipient_kind) {
	case LETTER_TO_USER:
		return db_row(work->db, &reader_shape, reader,
		    "SELECT u.email AS address, u.full_name AS name, IFNULL(u.locale, 'en') AS language FROM users u "
		    "WHERE u.id = ? AND u.email IS NOT NULL AND IF(?, u.status = 'deleted' AND u.erased_at IS NULL, u.status = 'active' OR (? AND u.status = 'disabled')) "
		    "AND (u.news OR NOT ?)",
		    P(mail->recipient), P(letter->to_deleted), P(letter->to_disabled), P(letter->news));
	case LETTER_TO_PAYER:
		return db_row(work->db, &reader_shape, reader,
		    "SELECT r.customer_email AS address, IFNULL(r.customer_name, '') AS name, 'en' AS language FROM payment_requests r "
		    "WHERE r.id = ? AND r.customer_email IS NOT NULL",
		    P(mail->recipient));
	case LETTER_TO_TOKEN:
		return db_row(work->db, &reader_shape, reader,
		    "SELECT t.email AS address, u.full_name AS name, IFNULL(u.locale, 'en') AS language FROM one_time_tokens t "
		    "JOIN users u ON u.id = t.user_id WHERE t.id = ? AND u.status = 'active'",
		    P(mail->recipient));
	case LETTER_TO_FORMER:
		return db_row(work->db, &reader_shape, reader,
		    "SELECT f.email AS address, u.full_name AS name, IFNULL(u.locale, 'en') AS language FROM former_emails f "
		    "JOIN users u ON u.id = f.user_id WHERE f.id = ?",
		    P(mail->recipient));
	}
	return OK;
}

/* ---- what became of it ---- */

static const struct problem *
drop(struct work *work, const struct mail_row *mail, const char *why)
{
	metric_add(METRIC_MAILS, MAILS_DROPPED, 0, 1);
	return record_mail(work, mail, MAIL_DROPPED, why);
}

/* The second try after mail.retry_seconds, the third after four times as long. */
static int
retry_seconds(const struct work *work, const struct job *job)
{
	return (int)work->config->mail.retry_seconds << (2 * (job->attempts > 1));
}

/* The whole server is away: what is due waits with this one. */
static const struct problem *
wait_for_server(struct work *work, const char *why)
{
	int seconds = (int)work->config->payments.circuit_open_seconds;

	if (circuit_is_open(CIRCUIT_MAIL))
		TRY(job_put_off(work, JOB_SEND_LETTER, seconds));
	return problem_waits(work->arena, PROBLEM_NOT_READY, why, seconds);
}

static const struct problem *
conclude(struct work *work, const struct job *job, const struct mail_row *mail, const struct smtp_reply *reply)
{
	static const enum mail_outcome counted[] = { [SMTP_TAKEN] = MAILS_SENT,
		[SMTP_LATER] = MAILS_DEFERRED,
		[SMTP_REFUSED] = MAILS_REFUSED,
		[SMTP_UNAVAILABLE] = MAILS_UNAVAILABLE,
		[SMTP_UNKNOWN] = MAILS_UNKNOWN };
	const char                    *why = arena_format(work->arena, "not sent: %s", reply->error);
	bool                           last = job->attempts >= job->max_attempts;

	metric_add(METRIC_MAILS, counted[reply->outcome], 0, 1);
	switch (reply->outcome) {
	case SMTP_TAKEN:
		return record_mail(work, mail, MAIL_SENT, NULL);
	case SMTP_REFUSED:
		TRY(record_mail(work, mail, MAIL_DEAD, reply->error));
		return problem_useless(work->arena, PROBLEM_BAD_REQUEST, why);
	case SMTP_LATER:
	case SMTP_UNKNOWN:
		TRY(record_mail(work, mail, last ? MAIL_DEAD : MAIL_WAITING, reply->error));
		return problem_later(work->arena, PROBLEM_NOT_READY, why, retry_seconds(work, job));
	case SMTP_UNAVAILABLE:
		break;
	}
	return wait_for_server(work, why);
}

/* ---- the job ---- */

/* "bn-BD" reads the pages in "bn"; who has none of their languages, those of the first. */
static const char *
pages_of(struct work *work, const char *language)
{
	const struct config     *config = work->config;
	const char *const *const languages = config->pages.languages;

	for (size_t i = 1; languages != NULL && languages[0] != NULL && languages[i] != NULL; i++) {
		const size_t length = strlen(languages[i]);

		if (strncmp(language, languages[i], length) == 0 && (language[length] == '\0' || language[length] == '-'))
			return arena_format(work->arena, "%s/%s", config->public_url, languages[i]);
	}
	return config->public_url;
}

static void
write_message(struct work *work, const struct mail_row *mail, const struct letter *letter, const struct letter_reader *reader,
    const char *pages, void *members, struct mail_message *message)
{
	const struct config *config = work->config;
	struct letter_words  words;
	const char *unsubscribe = letter->news ? unsubscribe_url(work, pages, (struct user_id) { mail->recipient }) : NULL;

	*(struct letter_head *)members = (struct letter_head) { reader->name, config->mail.from_name, pages, unsubscribe };
	letter_words_print(work->arena, letter, reader->language, members, &words);
	*message = (struct mail_message) { .id = mail->id,
		.date = mail->created_at,
		.from = { config->mail.from_name, config->mail.from },
		.to = { reader->name, reader->address },
		.reply_to = config->mail.reply_to,
		.language = words.language,
		.subject = words.subject,
		.text = words.text,
		.html = words.html,
		.unsubscribe_url = unsubscribe };
}

/*
 * Between the two calls of the circuit nothing may fail.  The lease is renewed right before, so that no other worker takes the
 * letter while the server thinks about it (mail.timeout_ms is at most half of a lease).
 */
static const struct problem *
send(struct work *work, const struct job *job, const struct mail_row *mail, const struct mail_message *message)
{
	enum circuit_outcome entered;
	struct smtp_reply    reply;
	int                  place;

	TRY(job_heartbeat(work, job));
	entered = circuit_enter(CIRCUIT_MAIL, 2 * work->config->mail.timeout_ms, &place);
	if (entered == CIRCUIT_IS_FULL)
		return problem_waits(work->arena, PROBLEM_NOT_READY, "too many letters are being sent", FULL_SECONDS);
	if (entered == CIRCUIT_IS_OPEN)
		return wait_for_server(work, "the mail server is away");
	mail_hand_over(work, message, &reply);
	circuit_leave(CIRCUIT_MAIL, place, reply.outcome != SMTP_UNAVAILABLE && reply.outcome != SMTP_UNKNOWN);
	return conclude(work, job, mail, &reply);
}

const struct problem *
send_letter_job(struct work *work, const struct job *job)
{
	const struct letter  *letter;
	struct letter_job     payload;
	struct letter_told    told;
	struct letter_reader *reader;
	struct mail_message   message;
	struct mail_row      *mail;
	void                 *members;

	TRY(job_payload(work, job, &letter_job_shape, &payload));
	TRY(read_mail(work, payload.mail, &mail));
	if (mail == NULL || mail->status == MAIL_SENT || mail->status == MAIL_DROPPED)
		return OK;
	if (!config_has_mail(work->config))
		return drop(work, mail, "mail was off");
	letter = letter_named(mail->kind);
	if (letter == NULL)
		return problem(INTERNAL, "this program has no such letter");
	TRY(find_reader(work, letter, mail, &reader));
	if (reader == NULL || *reader->address == '\0')
		return drop(work, mail, "nobody is there to read it");
	told = (struct letter_told) { { mail->cause }, mail->about, mail->recipient, pages_of(work, reader->language) };
	TRY(letter->read(work, &told, &members));
	if (members == NULL)
		return drop(work, mail, "not true any more");
	write_message(work, mail, letter, reader, told.pages, members, &message);
	return send(work, job, mail, &message);
}

const struct problem *
drop_letter(struct work *work, const struct job *job, const char *reason)
{
	struct letter_job payload;
	struct mail_row  *mail;

	if (job_kind_of(job->kind) != JOB_SEND_LETTER || job_payload(work, job, &letter_job_shape, &payload) != OK)
		return OK;
	TRY(read_mail(work, payload.mail, &mail));
	return mail == NULL || mail->status == MAIL_SENT ? OK : drop(work, mail, reason);
}
