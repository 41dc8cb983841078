/*
 * letter.h: the letters that people get.
 *
 * A letter is a row of the table in letter.c: the event that brings it, who gets it, and what fills its shape; its words are
 * three templates, conf/mail/LANGUAGE/NAME.subject.txt, NAME.txt and NAME.html.  So a new one is a struct in a file
 * letter_SUBJECT.c, its name in the table, three templates, and, if no other letter has its event, a subscription to
 * JOB_WRITE_LETTERS in events/fan_out.c.
 *
 * The job JOB_WRITE_LETTERS writes a row of `mails` for each letter that an event brings, once; JOB_SEND_LETTER (letter_send.c)
 * reads the address and what the letter says when it sends it: so the row holds ids and nothing of a person, a letter says what
 * is true then, and one that is not true any more is dropped.
 */
#ifndef LETTER_H
#define LETTER_H

#include "base/shape.h"
#include "events/record.h"

struct config;
struct job;
struct work;

/* Whose row has the address: enum values in the order of mails.recipient_kind. */
enum letter_to { LETTER_TO_USER, LETTER_TO_PAYER, LETTER_TO_TOKEN, LETTER_TO_FORMER };
extern const char *const letter_to_values[];

/* Who reads it, as it stands when it is sent. */
struct letter_reader {
	const char *address, *name; /* name: "" when there is none */
	const char *language;       /* "en", "pt-BR" */
};

/* What every letter's struct begins with, and its members. */
struct letter_head {
	const char *reader, *shop, *shop_url;
	const char *unsubscribe_url; /* NULL: of a letter that is no news */
};
#define LETTER_MEMBERS(S) \
	M_TEXT(S, head.reader, "reader", 150, .computed = true, .example = "\"Amina Khatun\""), \
	    M_TEXT(S, head.shop, "shop", 100, .computed = true, .required = true, .example = "\"haat\""), \
	    M_TEXT( \
		S, head.shop_url, "shop_url", 1024, .computed = true, .required = true, .example = "\"https://shop.example\""), \
	    M_TEXT(S, head.unsubscribe_url, "unsubscribe_url", 1100, .computed = true)

/* Of what a letter is to speak, and to whom. */
struct letter_told {
	struct event_id event;
	struct uuid     aggregate, reader;
	const char     *pages; /* what the addresses of the reader's pages begin with: "https://shop.example/bn" */
};

enum { LETTER_READERS_MAX = 500 };

struct letter {
	const char         *name; /* of its templates, and mails.kind */
	enum event_type     event;
	enum letter_to      to;
	bool                to_disabled; /* also to a user who may not sign in any more */
	bool                to_deleted;  /* to who has deleted the account, and to nobody else */
	bool                news;  /* nobody has to know it: who wants no news does not get it, and it says how to want none */
	const struct shape *shape; /* of a struct that begins with a struct letter_head */

	/* Who gets the letter about `about` (the event's aggregate): a row's id; nil: nobody. */
	const struct problem *(*find_reader)(struct work *work, struct uuid about, struct uuid *reader);

	/*
	 * In its place, of a letter to many users: the next of them, at most LETTER_READERS_MAX; inside the transaction that writes
	 * their letters, and called again in another while it finds so many: then it must find each of them once.
	 */
	const struct problem *(*find_readers)(struct work *work, struct uuid about, struct user_id *readers, size_t *count);

	/* Read what it says, of that event, into *members, a new struct of the shape; NULL when it is not true any more. */
	const struct problem *(*read)(struct work *work, const struct letter_told *told, void **members);
};

/* A reader's row, found by a statement. */
struct letter_found {
	struct uuid id;
};
SHAPE_DECLARE(struct letter_found, letter_found_shape);

/* For find_reader: `sql`, a constant, selects `id` by the id of what the letter is about; no row leaves *reader as it is. */
const struct problem *letter_find(struct work *work, const char *sql, struct uuid about, struct uuid *reader);

/* letter_account.c */
extern const struct letter verify_email_letter, change_email_letter, email_changed_letter, set_password_letter,
    reset_password_letter, password_changed_letter, export_ready_letter, account_deleted_letter;
extern const struct letter back_in_stock_letter, price_drop_letter;                                 /* letter_wish.c */
extern const struct letter endpoint_disabled_letter;                                                /* letter_endpoint.c */
extern const struct letter merchant_active_letter, payout_paid_letter, import_finished_letter;      /* letter_merchant.c */
extern const struct letter payment_received_letter, payment_failed_letter, payment_refunded_letter; /* letter_payer.c */
/* letter_order.c */
extern const struct letter order_paid_letter, order_confirmed_letter, order_cancelled_letter, order_expired_letter;
extern const struct letter order_payment_failed_letter, order_refunded_letter; /* letter_order_money.c */
extern const struct letter sale_paid_letter, sale_confirmed_letter;            /* letter_sale.c */
extern const struct letter stock_low_letter, stock_out_letter;                 /* letter_stock.c */
/* letter_parcel.c */
extern const struct letter parcel_shipped_letter, parcel_delivered_letter, parcel_cancelled_letter, return_approved_letter,
    return_rejected_letter, return_received_letter;
/* letter_subscription.c */
extern const struct letter subscription_coming_letter, subscription_asked_letter, subscription_charged_letter,
    subscription_failed_letter, subscription_ended_letter, subscription_cancelled_letter;

/* The table; NULL at the end. */
extern const struct letter *const letters[];

/* The letter of that name; NULL when there is none (a newer program's row). */
const struct letter *letter_named(const char *name);

/* JOB_WRITE_LETTERS, JOB_SEND_LETTER. */
const struct problem *write_letters_job(struct work *work, const struct job *job);
const struct problem *send_letter_job(struct work *work, const struct job *job);

/* The dead job is given up: if it was to send a letter, that is dropped with it, unless it was sent. */
const struct problem *drop_letter(struct work *work, const struct job *job, const char *reason);

struct letter_job {
	struct uuid mail;
};
SHAPE_DECLARE(struct letter_job, letter_job_shape);

#endif
