/*
 * accounts.h: who signs in: customers, shopkeepers with their shops, and staff; their sessions and addresses.
 *
 * A user is a row of `users` with one role; a shopkeeper has one row of `merchants`.  A sign-in creates a session, which an
 * access token names and a refresh token renews.  Ending a session, or disabling its user, refuses its tokens at once,
 * because a signed-in request reads both (http/authenticate.c).  Nothing here is deleted while something refers to it.
 */
#ifndef ACCOUNTS_H
#define ACCOUNTS_H

#include "base/shape.h"
#include "events/record.h"
#include "http/permission.h"
#include "store/work.h"

struct route_table;

extern const struct route_table account_table, mailbox_table, factor_table, identity_table, address_table, user_table,
    permission_table, merchant_table, api_key_table;

enum user_status { USER_ACTIVE, USER_DISABLED, USER_DELETED };
enum merchant_status { MERCHANT_PENDING, MERCHANT_ACTIVE, MERCHANT_SUSPENDED, MERCHANT_INACTIVE };
enum business_type { BUSINESS_INDIVIDUAL, BUSINESS_BUSINESS, BUSINESS_ENTERPRISE };
enum address_kind { ADDRESS_SHIPPING, ADDRESS_BILLING };

/* The values of the enums above, in the API and the database; NULL at the end. */
extern const char *const user_status_values[], *const merchant_status_values[], *const business_type_values[],
										    *const address_kind_values[];

/* A user as the API shows one. */
struct user {
	struct user_id id;
	const char    *email, *phone, *full_name; /* email, phone: NULL when there is none; one of them is there */
	const char    *avatar;                    /* where their picture is served; NULL: none */
	const char    *modules;                   /* names of pages of the administration, with commas between; "": all */
	const char    *locale;                    /* of letters, "pt-BR"; NULL: English */
	int            role, status;              /* enum role, enum user_status */
	bool           email_verified, phone_verified;
	bool           news;     /* wants letters that nobody has to get */
	const char    *metadata; /* integrators', shown to staff */
	struct instant created_at;
};
SHAPE_DECLARE(struct user, user_shape);

/* Its members, for shapes that have further ones: USER_MEMBERS(struct me, user.) where the user stands in `user`. */
#define USER_MEMBERS(S, at) \
	M_ID(S, at id, "id"), \
	    M_TEXT(S, at email, "email", 254, .format = FORMAT_EMAIL, .example = "\"amina@example.test\"", \
		.description = "Null of who signs in by phone and has given none."), \
	    M_TEXT(S, at phone, "phone", 16, .format = FORMAT_PHONE, .example = "\"+8801700000001\""), \
	    M_TEXT(S, at full_name, "full_name", 150, .required = true, .example = "\"Amina Khatun\""), \
	    M_ENUM(S, at role, "role", role_values), M_ENUM(S, at status, "status", user_status_values), \
	    M_BOOLEAN(S, at email_verified, "email_verified"), M_BOOLEAN(S, at phone_verified, "phone_verified"), \
	    M_TEXT(S, at locale, "locale", 35, .example = "\"pt-BR\"", \
		.description = "Language of letters, a BCP 47 tag; null: English."), \
	    M_BOOLEAN( \
		S, at news, "news", .description = "Whether letters come that nobody has to get, as of what is back in stock."), \
	    M_TEXT(S, at avatar, "avatar", 1000, .example = "\"/media/5f/5f0c-0a1b2c3d4e5f-480.jpg\"", \
		.description = "Their picture, at most 480 px wide; null while there is none."), \
	    M_TIME(S, at created_at, "created_at")

struct merchant {
	struct merchant_id id;
	struct user_id     user;
	const char        *shop_name, *business_id, *gst_number;
	const char        *slug, *description, *contact; /* of its public page; slug: NULL when none was made yet */
	int                business_type, status;        /* enum business_type, enum merchant_status */
	const char        *currency;                     /* the one it sells in */
	int64_t           *commission_basis_points;      /* NULL: the configured one */
	const char        *commission_percent;           /* the same as text */
	int64_t           *rate_limit;                   /* calls a minute of its API keys together; NULL: as configured */
	const char        *metadata;
	int64_t            version;
	struct instant     created_at;
};
SHAPE_DECLARE(struct merchant, merchant_shape);

/* Its members, likewise. */
#define MERCHANT_MEMBERS(S, at) \
	M_ID(S, at id, "id"), M_ID(S, at user, "user_id"), \
	    M_TEXT(S, at shop_name, "shop_name", 150, .required = true, .example = "\"Dhaka Bells\""), \
	    M_TEXT(S, at slug, "slug", 150, .example = "\"dhaka-bells\"", .description = "Of the shop's public page."), \
	    M_TEXT(S, at description, "description", 5000, .required = true, .multiline = true, \
		.example = "\"Bells and brass from Dhaka.\""), \
	    M_TEXT(S, at contact, "contact", 300, .example = "\"hello@dhaka-bells.test\"", \
		.description = "How customers reach the shop; shown to everybody."), \
	    M_ENUM(S, at business_type, "business_type", business_type_values), \
	    M_TEXT(S, at business_id, "business_id", 64, .required = true, .example = "\"BIN-000123\""), \
	    M_TEXT(S, at gst_number, "gst_number", 32, .example = "\"27AAPFU0939F1ZV\""), \
	    M_ENUM(S, at status, "status", merchant_status_values), \
	    M_TEXT(S, at currency, "currency", 3, .required = true, .format = FORMAT_CURRENCY, .example = "\"USD\""), \
	    M_INTEGER(S, at commission_basis_points, "commission_basis_points", 0, 10000, .hidden = true), \
	    M_TEXT(S, at commission_percent, "commission_percent", 8, .example = "\"5.00\"", \
		.description = "The shop's commission on its sales; null: the usual one."), \
	    M_INTEGER(S, at rate_limit, "rate_limit", 1, INT32_MAX, \
		.description = "Calls in a minute with all of its API keys together; null: as many as usual."), \
	    M_METADATA(S, at metadata, .required = true), M_INTEGER(S, at version, "version", 1, INT64_MAX, .hidden = true), \
	    M_TIME(S, at created_at, "created_at")

struct address {
	struct address_id id;
	int               kind; /* enum address_kind */
	const char       *full_name, *phone, *line1, *line2, *city, *state, *postal_code, *country;
	bool              is_default;
	int64_t           version;
	struct instant    created_at, updated_at;
	struct shape_seen seen; /* of a body: see addresses.h */
};
SHAPE_DECLARE(struct address, address_shape);

/* An account to create. */
struct new_user {
	const char           *email, *phone, *full_name; /* phone: NULL for staff created by haatctl */
	const char           *locale;                    /* of letters, as in struct user */
	const char           *password; /* in the clear; checked against the rules.  NULL: none, a letter lets them set one */
	enum role             role;
	bool                  email_verified, phone_verified; /* somebody we trust has said so */
	const struct instant *created_at;                     /* where they were before; NULL: now */
};

struct new_merchant {
	const char *shop_name, *business_id, *gst_number, *currency;
	int         business_type;
};

/*
 * Create an account, and its shop when `shop` is not NULL; opens its own transaction, because hashing the password takes
 * long.  *user and *merchant (may be NULL) are what was created.  VALIDATION_FAILED with every rule that the password
 * breaks; EMAIL_TAKEN, PHONE_TAKEN, BUSINESS_ID_TAKEN.
 */
const struct problem *register_account(struct work *work, const struct new_user *new_user, const struct new_merchant *shop,
    struct user **user, struct merchant **merchant);

/* The same inside a transaction for an account with this hash of a password, or with none (NULL); nothing is checked. */
const struct problem *insert_account(struct work *work, const struct new_user *new_user, const char *hash, struct user **user);

/* The same of up to ACCOUNTS_MAX, each with its hash, in a few statements: all of them or none. */
enum { ACCOUNTS_MAX = 1000 };
const struct problem *insert_accounts(
    struct work *work, const struct new_user *new_users, const char *const *hashes, size_t count);

/* The user; NOT_FOUND. */
const struct problem *read_user(struct work *work, struct user_id id, struct user **user);

/* Their assigned modules one by one; *n of them. */
enum { MODULES_MAX = 20, MODULE_NAME_MAX = 40, MODULE_NAMES_MAX = MODULES_MAX * (MODULE_NAME_MAX + 1) };
const char *const *user_modules(struct arena *arena, const struct user *user, size_t *n);

/* The same by e-mail address, but for deleted accounts. */
const struct problem *read_user_by_email(struct work *work, const char *email, struct user **user);

/* The merchant; NOT_FOUND. */
const struct problem *read_merchant(struct work *work, struct merchant_id id, struct merchant **merchant);

/*
 * Grant a user a permission beyond their role's, or revoke it; inside a transaction.  NOT_FOUND when no account has the
 * e-mail address.
 */
const struct problem *grant_permission(struct work *work, const char *email, uint64_t permission);
const struct problem *revoke_permission(struct work *work, const char *email, uint64_t permission);

/* Record an event about the user or shop, with the state that the struct has now; inside the transaction of the change. */
const struct problem *record_user_event(struct work *work, enum event_type type, const struct user *user);
const struct problem *record_merchant_event(struct work *work, enum event_type type, const struct merchant *merchant);
const struct problem *record_users_created(struct work *work, const struct user *users, size_t count);

/* Without white space around it, the domain in lower case. */
const char *normal_email(struct arena *arena, const char *email);

#endif
