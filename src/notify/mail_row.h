/* mail_row.h: a letter as a row of `mails`. */
#ifndef MAIL_ROW_H
#define MAIL_ROW_H

#include "base/shape.h"

struct work;

enum mail_status { MAIL_WAITING, MAIL_SENT, MAIL_DEAD, MAIL_DROPPED, MAIL_STATUS__COUNT };
extern const char *const mail_status_values[];

struct mail_row {
	struct uuid     id, cause, about, recipient; /* cause: the event */
	const char     *kind;
	int             recipient_kind, status; /* enum letter_to, enum mail_status */
	const char     *outcome;                /* what the mail server said last, or why it was dropped; NULL */
	struct instant  created_at;
	struct instant *sent_at; /* NULL: not sent */
};

/* NULL when there is none: it was purged. */
const struct problem *read_mail(struct work *work, struct uuid id, struct mail_row **mail);

/* Letters of a status, newest first. */
const struct problem *list_mails(
    struct work *work, enum mail_status status, size_t limit, struct mail_row **mails, size_t *count);

/* Write down what became of it, in a transaction; one that was sent stays so. */
const struct problem *record_mail(struct work *work, const struct mail_row *mail, enum mail_status status, const char *outcome);

#endif
