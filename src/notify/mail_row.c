#include "notify/mail_row.h"

#include "notify/letter.h"
#include "store/db.h"
#include "store/work.h"

const char *const mail_status_values[] = { "waiting", "sent", "dead", "dropped", NULL };

static const struct member mail_row_members[] = {
	M_ID(struct mail_row, id, "id"),
	M_ID(struct mail_row, cause, "cause", .column = "cause_id"),
	M_ID(struct mail_row, about, "about", .column = "about_id"),
	M_ID(struct mail_row, recipient, "recipient", .column = "recipient_id"),
	M_TEXT(struct mail_row, kind, "kind", 64),
	M_ENUM(struct mail_row, recipient_kind, "recipient_kind", letter_to_values),
	M_ENUM(struct mail_row, status, "status", mail_status_values),
	M_TEXT(struct mail_row, outcome, "outcome", 200),
	M_TIME(struct mail_row, created_at, "created_at"),
	M_TIME(struct mail_row, sent_at, "sent_at"),
};
SHAPE(struct mail_row, mail_row_shape, "MailRow", mail_row_members);

const struct problem *
read_mail(struct work *work, struct uuid id, struct mail_row **mail)
{
	return db_row(work->db, &mail_row_shape, mail, "SELECT {m} FROM mails m WHERE m.id = ?", P(id));
}

const struct problem *
list_mails(struct work *work, enum mail_status status, size_t limit, struct mail_row **mails, size_t *count)
{
	return db_rows(work->db, &mail_row_shape, limit, mails, count,
	    "SELECT {m} FROM mails m WHERE m.status = ? ORDER BY m.id DESC LIMIT ?", P(mail_status_values[status]), P(limit));
}

static const struct problem *
record(struct work *work, const struct mail_row *mail, enum mail_status status, const char *outcome)
{
	return db_run(work->db, NULL,
	    "UPDATE mails SET status = ?, outcome = LEFT(?, 200), sent_at = IF(?, NOW(3), NULL) WHERE id = ? AND status <> 'sent'",
	    P(mail_status_values[status]), P(outcome), P(status == MAIL_SENT), P(mail->id));
}

const struct problem *
record_mail(struct work *work, const struct mail_row *mail, enum mail_status status, const char *outcome)
{
	return db_transaction(work, record(work, mail, status, outcome));
}
