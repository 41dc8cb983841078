/*
 * method.h: payment methods: what a customer or a merchant has stored to be charged by, also while nobody is there.
 *
 * A method is a token of its provider, bound there to the provider's own customer or to an e-mail address; all three are kept as
 * one value, sealed with AES-256-GCM under the current key of payments.method_key and bound to the row, its owner and its provider:
 * copied into another row or given to another owner it cannot be opened.  No answer, event or log line has it, and card numbers
 * are refused.  A keyed digest of the token tells that it is stored already, so the same token stored twice is one method.
 *
 * The owner is the viewer's merchant, else the viewer.  An owner's row is locked while their methods change: one of them is the default
 * as long as there is any.  A method is unusable (PAYMENT_METHOD_UNUSABLE) when it is not the payer's, deleted, expired or disabled, or
 * its provider is not enabled.
 */
#ifndef METHOD_H
#define METHOD_H

#include "base/shape.h"
#include "store/version.h"
#include "store/work.h"

struct job;
struct method_setup;
struct payment;
struct provider;

enum { METHODS_MAX = 50, TOKEN_BYTES_MAX = 255 };

enum payment_method_type { METHOD_CARD, METHOD_BANK_ACCOUNT, METHOD_MOBILE_MONEY, METHOD_CRYPTO, METHOD_PAYPAL, METHOD_STRIPE };
extern const char *const payment_method_type_values[]; /* providers/method_types.c */

enum payment_method_status { METHOD_ACTIVE, METHOD_EXPIRED, METHOD_DISABLED, METHOD_PENDING /* setup.h */ };
extern const char *const payment_method_status_values[];

/* What is sealed: the provider's token, and whose it is to the provider; what a provider does not need is NULL. */
struct stored_token {
	const char *token, *customer, *email, *contact;
};

struct payment_method {
	struct payment_method_id id;
	struct user_id          *user; /* the owner: one of the two */
	struct merchant_id      *merchant;
	int                      type, status;
	const char              *provider, *label, *disabled_reason;
	bool                     is_default;
	struct instant          *expires;
	struct bytes             sealed;
	const char              *sealed_with; /* the key's id */
	struct bytes             digest;
	const char              *client_secret, *redirect_url, *url; /* while it is pending; each may be NULL */
	int64_t                  version;
	struct instant           created_at, updated_at;
	struct shape_seen        seen;
};
SHAPE_DECLARE(struct payment_method, payment_method_shape);

/* A new one, by its token or (token NULL) by a set-up that comes back to return_url; what can be changed of one. */
struct new_method {
	int            *type; /* NULL: the provider's */
	const char     *provider, *token, *label, *return_url;
	struct instant *expires;
	bool            is_default;
};
SHAPE_DECLARE(struct new_method, new_method_shape);
SHAPE_DECLARE(struct payment_method, method_change_shape);

/* Who stores a method, and who that is to providers. */
struct method_owner {
	struct uuid         id; /* of the merchant, else of the user */
	struct user_id     *user;
	struct merchant_id *merchant;
	const char         *email, *name, *phone; /* phone may be NULL */
};
SHAPE_DECLARE(struct method_owner, method_owner_shape);

/* What a provider says of a token: all that must be kept to charge it, and until when it can be. */
struct kept_token {
	struct stored_token stored;
	int                 type; /* enum payment_method_type */
	struct instant     *expires;
};

/* ---- method.c ---- */

/* The owner that acts: the viewer's merchant or the viewer. */
const struct problem *acting_owner(struct work *work, struct method_owner **owner);

/* The id of that owner, which needs no statement. */
struct uuid acting_owner_id(const struct work *work);

/* The owner of a payment's method, by the payment's payer; and a merchant as owner. */
const struct problem *owner_of_merchant(struct work *work, struct merchant_id merchant, struct method_owner **owner);
const struct problem *owner_of_user(struct work *work, struct user_id user, struct method_owner **owner);

/* Somebody has stored, changed or deleted one (events/audit.h): `before` or `after` is NULL. */
const struct problem *audit_method(
    struct work *work, const char *action, const struct payment_method *before, const struct payment_method *after);

/* The owner's methods, newest first; one of them, NOT_FOUND. */
const struct problem *list_methods(struct work *work, struct payment_method **methods, size_t *count);
const struct problem *read_method(struct work *work, struct payment_method_id id, struct payment_method **method);

/* Those that hold the token at the provider, of any owner; also the deleted ones that are not forgotten yet. */
const struct problem *methods_by_token(
    struct work *work, const char *provider, const char *token, struct payment_method **methods, size_t *count);

/*
 * The method, to be charged for `payer` (user or merchant by id; nil: whoever it belongs to); PAYMENT_METHOD_UNUSABLE with the reason.
 */
const struct problem *usable_method(struct work *work, struct payment_method_id id, struct uuid payer,
    struct payment_method **method, const struct provider **provider);

/* Opens what is sealed; INTERNAL, logged, when its key is missing or it is not this row's. */
const struct problem *open_token(struct work *work, const struct payment_method *method, struct stored_token *stored);

/* payment->stored becomes what its method holds; nothing where it has no method. */
const struct problem *open_token_of(struct work *work, struct payment *payment);

/* ---- method_write.c ---- */

/*
 * Stores the acting owner's method once its provider has said that the token is its customer's; the same token again is the same
 * method, which becomes active again.  Calls the provider.  PROVIDER_UNSUPPORTED where none is stored; VALIDATION_FAILED for a card number;
 * PAYMENT_METHOD_UNUSABLE when the provider says that it is not the owner's; CONFLICT beyond METHODS_MAX.
 */
const struct problem *create_method(struct work *work, const struct new_method *body, struct payment_method **method);

/* What a payer has paid with and wants to be stored; inside no transaction. */
const struct problem *keep_token(
    struct work *work, const struct method_owner *owner, const struct provider *provider, const struct kept_token *kept);

/* What a set-up has led to, under its id unless the owner has stored it before; *id is the method's.  Inside a transaction; CONFLICT as above. */
const struct problem *store_set_up_method(struct work *work, const struct method_owner *owner, const struct provider *provider,
    const struct kept_token *kept, const struct method_setup *setup, struct payment_method_id *id);

/* VALIDATION_FAILED for what cannot be a token, or looks like a card number; each may be NULL. */
const struct problem *check_method_texts(struct work *work, const char *token, const char *label);

/* Locks the owner's row, one of the two, while their methods change. */
const struct problem *lock_method_owner(struct work *work, const struct user_id *user, const struct merchant_id *merchant);

/* NOT_FOUND, VERSION_MISMATCH.  Inside a transaction. */
const struct problem *update_method(struct work *work, struct payment_method_id id, const struct payment_method *body,
    const struct expected_version *expected, struct payment_method **method);
const struct problem *delete_method(struct work *work, struct payment_method_id id, const struct expected_version *expected);

/* All of an owner (a user's or merchant's id) who goes, inside a transaction that has locked the owner. */
const struct problem *delete_methods_of(struct work *work, struct uuid owner);

/* It can be charged no more, for that reason; and it can again (NULL), until `expires` (NULL: as before).  Inside a transaction. */
const struct problem *disable_method(struct work *work, struct payment_method_id id, const char *reason);

/* ---- method_customer.c ---- */

/* The id of the owner's customer at the provider; NULL when none is known. */
const struct problem *provider_customer(
    struct work *work, const struct method_owner *owner, const char *provider, const char **customer);

/* The same of who has the method, whose token may be lost. */
const struct problem *provider_customer_of_method(
    struct work *work, struct payment_method_id method, const char *provider, const char **customer);

/* Remembers it.  *customer becomes the one that was remembered first; PAYMENT_METHOD_UNUSABLE when it is another owner's. */
const struct problem *keep_provider_customer(
    struct work *work, const struct method_owner *owner, const char *provider, const char **customer);

/* The end of a month (1 to 12), in the arena: when a card of it expires; NULL when it is no month. */
struct instant *month_end(struct arena *arena, int64_t year, int64_t month);

/* ---- method_keys.c ---- */

/* How many rows are sealed with which key, by the key's id. */
struct key_use {
	const char *key;
	int64_t     rows;
	bool        current, known;
};
const struct problem *method_key_uses(struct work *work, struct key_use **uses, size_t *count);

/* Seals again, under the current key, what former ones have sealed; a recurring job. */
const struct problem *reseal_methods_job(struct work *work, const struct job *job);

/* Forgets the tokens of deleted methods, at the provider too, once nothing is charged by them any more; a recurring job. */
const struct problem *forget_methods_job(struct work *work, const struct job *job);

/* ---- method_event.c ---- */

/*
 * What a provider's event says of a stored method, of whichever owners: it can be charged no more, for that reason, or again (`gone`
 * NULL), until `expires` (NULL: as before).  *known is false when nobody has stored it.  Inside a transaction.
 */
const struct problem *apply_method_event(
    struct work *work, const char *provider, const char *token, const char *gone, const struct instant *expires, bool *known);

/* ---- method_keep.c ---- */

/* What a successful payment was paid with is to be stored, as its payer has asked for; inside a transaction.  And the job that does. */
const struct problem *keep_soon(struct work *work, struct payment_id payment);
const struct problem *keep_method_job(struct work *work, const struct job *job);

/* ---- method_seal.c ---- */

/* Can methods be stored at all? */
bool sealing_is_configured(const struct config *config);

/* Seals for the row; *key is the id of the key. */
struct bytes seal_token(struct work *work, const struct payment_method *row, const struct stored_token *stored, const char **key);

/* False when it is not the row's, or its key is not configured. */
bool unseal_token(struct work *work, const struct payment_method *row, struct stored_token *stored);

/* The digests of a token at its provider under each key, the current one's first. */
enum { METHOD_KEYS_MAX = 17 };
size_t token_digests(struct work *work, const char *provider, const char *token, struct bytes digests[METHOD_KEYS_MAX]);

/* The id of the current key, in the arena; "" when there is none.  Is one of that id configured? */
const char *current_key(struct work *work);
bool        is_known_key(struct work *work, const char *id);

#endif
