/*
 * setup.h: payment methods that are stored without a payment, which takes their owner's browser to the provider and back.
 *
 *   pending   begun: its owner has `client_secret` for the provider's script, or `redirect_url`; the provider is asked when the browser comes
 *             back, when an event tells of it, and by a job meanwhile
 *   stored    confirmed by the provider: from then on the payment method of the same id; or, where its owner had stored the same token
 *             before, that method
 *   cancelled its owner has given it up, or it was declined too often, or the provider has ended it
 *   expired   nobody has finished it in time (payments.setup_minutes)
 *
 * Only from pending to one of the others, under the lock of the owner's row, so that what is heard twice stores once.  What is confirmed
 * after it has ended is taken away at the provider again.  Setting up tries cards as paying does, so it has the same limits ([risk]).
 */
#ifndef SETUP_H
#define SETUP_H

#include "payments/method.h"

enum { SETUP_SECRET_MAX = 512 }; /* bytes of a client_secret */

enum setup_status { SETUP_PENDING, SETUP_STORED, SETUP_CANCELLED, SETUP_EXPIRED };
extern const char *const setup_status_values[];

struct method_setup {
	struct payment_method_id  id;   /* of the method that it becomes */
	struct user_id           *user; /* the owner: one of the two */
	struct merchant_id       *merchant;
	const char               *provider;
	int                       type, status;
	const char               *setup; /* the provider's id; NULL: it has not answered */
	const char               *client_secret, *redirect_url, *return_url, *label;
	bool                      is_default;
	struct payment_method_id *method;
	int64_t                   declines;
	struct instant            expires_at, created_at;
};
SHAPE_DECLARE(struct method_setup, method_setup_shape);

struct setup_job {
	struct payment_method_id setup;
};

/* What a provider says of a set-up. */
enum setup_outcome { SETUP_GOES_ON, SETUP_IS_CONFIRMED, SETUP_IS_OVER };

struct setup_answer {
	enum setup_outcome outcome;
	const char        *setup, *client_secret, *redirect_url;
	struct kept_token  kept; /* of one that is confirmed; its type is the set-up's unless the provider knows better */
};

/* How a provider stores a method without a payment. */
struct provider_setup {
	int type; /* of what it stores until it says more */

	/* Begins one there; asked again it is the same one.  The browser comes back to setup_way_back. */
	const struct problem *(*begin)(
	    struct work *work, const struct method_setup *setup, const struct method_owner *owner, struct setup_answer *answer);

	/* What has become of it; one that its owner has approved is confirmed by this. */
	const struct problem *(*ask)(
	    struct work *work, const struct method_setup *setup, const struct method_owner *owner, struct setup_answer *answer);

	/* It is not wanted any more; OK also when it has ended there.  NULL: it ends by itself. */
	const struct problem *(*close)(struct work *work, const struct method_setup *setup);

	/* As provider_page.add_settings, for one with a client_secret.  NULL: the provider's page is the only one. */
	void (*add_settings)(struct work *work, const struct method_setup *setup, struct text *json);
};

/* ---- setup.c ---- */

/*
 * Begins to store one for the acting owner; *method is pending.  Calls the provider.  STORES_WITH_PAYMENT where the provider only
 * stores what is paid with; PROVIDER_UNSUPPORTED, VALIDATION_FAILED, CONFLICT as create_method; TOO_MANY_ATTEMPTS, TOO_MANY_DECLINES.
 */
const struct problem *begin_setup(struct work *work, const struct new_method *body, struct payment_method **method);

/* One by its id, whoever's it is; NOT_FOUND.  And the acting owner's as the method that it is or becomes, NOT_FOUND once it has ended. */
const struct problem *find_setup(struct work *work, struct payment_method_id id, struct method_setup **setup);
const struct problem *read_pending_method(struct work *work, struct payment_method_id id, struct payment_method **method);

/* The acting owner gives it up; NOT_FOUND when there is none that is pending.  A job closes it at the provider. */
const struct problem *give_up_setup(struct work *work, struct payment_method_id id, const struct expected_version *expected);

/* Where the browser comes back to from the provider; in the arena. */
const char *setup_way_back(struct work *work, const struct method_setup *setup);

/* Whose it is, as providers want to know it. */
const struct problem *owner_of_setup(struct work *work, const struct method_setup *setup, struct method_owner **owner);

/* Has the page what it needs for the provider's script? */
bool setup_has_page(struct work *work, const struct method_setup *setup);

/* ---- setup_settle.c ---- */

/* Asks the provider about one that is pending, and stores the method once it is confirmed; inside no transaction. */
const struct problem *settle_setup(struct work *work, struct payment_method_id id);

/*
 * What an event says of one, which its provider is to be asked about: it was tried, and declined.  *known is false when nobody has begun it.
 * Inside a transaction.
 */
const struct problem *apply_setup_event(struct work *work, const char *provider, const char *setup, bool declined, bool *known);

/* The jobs: one, now; and those whose time has come. */
const struct problem *settle_setup_job(struct work *work, const struct job *job);
const struct problem *settle_setups_job(struct work *work, const struct job *job);

/* Deletes at most 1000 that have ended and were begun before, *removed of them (ops/purge.c). */
const struct problem *remove_setups(struct work *work, struct instant before, int64_t *removed);

#endif
