/*
 * config_keys.h: the rows of config.c's table, and what the parts of config_load share.
 *
 * config_load.c reads the file and the environment, config_values.c makes values of what was given and checks them,
 * config_forms.c knows the forms of texts; nothing else includes this header.
 *
 * A row says everything that is known of a key; reading, checking, printing and documenting walk the table and know no
 * key by name.  The member a row fills is checked against the row's kind at compile time.
 */
#ifndef CONFIG_KEYS_H
#define CONFIG_KEYS_H

#include "base/config.h"

#include <stdio.h>

enum key_kind { KIND_TEXT, KIND_INTEGER, KIND_BOOLEAN, KIND_LIST, KIND_CHOICE };

/* What a text, or each element of a list, must look like when it is not empty. */
enum key_form {
	FORM_ANY,
	FORM_BASE_URL,  /* http or https, no slash at the end */
	FORM_URL,       /* http or https */
	FORM_ORIGIN,    /* http or https, host, port: nothing behind them */
	FORM_NETWORK,   /* an address, or one with the length of a prefix */
	FORM_CURRENCY,  /* ISO 4217 */
	FORM_OLD_KEY,   /* key id, colon, secret */
	FORM_SHIPPING,  /* method:country:currency:base:per item */
	FORM_HEADER,    /* the name of a header: letters, digits, hyphens */
	FORM_COLUMN,    /* what we call a column of a settlement file:what the file calls it */
	FORM_LIMIT,     /* currency:least:greatest amount, - for none */
	FORM_HOST,      /* the name or address of a host */
	FORM_EMAIL,     /* an e-mail address */
	FORM_DAYS,      /* a number of days, 1 to 365 */
	FORM_ZONE,      /* a time zone of the system's database */
	FORM_CARRIER,   /* a carrier's name:its https URL with {tracking} once */
	FORM_COLLECTOR, /* http or https, to which a path is added: no user, query or fragment */
	FORM_DSN,       /* a DSN of Sentry (base/dsn.h) */
	FORM_TAX        /* class:country:percent:inclusive or exclusive */
};

/* When the production profile refuses to start without a value. */
enum key_need { NEED_NEVER, NEED_ALWAYS, NEED_WHEN_ENABLED /* the provider of its section */ };

struct key {
	const char        *name; /* "section.key", the last dot parts them; without a dot it stands above all sections */
	enum key_kind      kind;
	size_t             offset;         /* of its member in struct config */
	int64_t            min, max;       /* an integer's value, a text's bytes, a list's elements; max 0: the default */
	const char        *fallback;       /* the default as it would stand in the file */
	const char        *in_development; /* the default of the development profile, when it is another */
	const char *const *choices;        /* the only values, ended by NULL */
	const char *const *never;          /* elements that are refused, ended by NULL: currencies that a provider never takes */
	const char *const *live;           /* a secret that moves real money begins with one of these, ended by NULL */
	enum key_form      form;
	enum key_need      need;
	bool               secret;
	const char        *doc;
};

enum { TEXT_MAX_DEFAULT = 1024, LIST_MAX_DEFAULT = 100 };

extern const struct key config_keys[];
extern const size_t     config_key_count;

/* Where a key's value lies in a config. */
#define KEY_TEXT(config, key) (*(const char **)((char *)(config) + (key)->offset))
#define KEY_INTEGER(config, key) (*(int64_t *)((char *)(config) + (key)->offset))
#define KEY_BOOLEAN(config, key) (*(bool *)((char *)(config) + (key)->offset))
#define KEY_CHOICE(config, key) (*(int *)((char *)(config) + (key)->offset))
#define KEY_LIST(config, key) (*(const char *const **)((char *)(config) + (key)->offset))

/* The maximum of bytes or elements, the default filled in. */
int64_t key_max(const struct key *key);

/* The provider in whose section a key with NEED_WHEN_ENABLED stands. */
const char *key_provider(const struct key *key);

/* What is wrong with the form of a text or an element ("must be a URL ..."); NULL when nothing is. */
const char *key_form_fault(enum key_form form, const char *text);

/* What was given for a key, and where: "line 12" or "HAAT_DATABASE_PORT". */
struct given {
	const char *text, *place; /* place is NULL while nothing was given */
	bool        is_file;      /* text is the path of a file that holds the value */
	bool        is_wrong;     /* and has its fault already */
};

/* One run of config_load. */
struct loading {
	struct arena  *arena;
	struct text   *faults;
	struct config *config;
	struct given  *given; /* by index of config_keys */
	FILE          *file;
	int            line;
	bool           inside_line, unknown_section;
};

/* One line for the reader: "subject: message (place)"; `place` may be NULL. */
void config_fault(struct loading *loading, const char *place, const char *subject, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/*
 * Gives the key's member the value that was given or the default; or adds a fault, and the member stays harmless (zero,
 * or an empty text or list).
 */
void config_set(struct loading *loading, const struct key *key);

/* Adds a fault for what a value lacks beside another: each may be right on its own. */
void config_check_whole(struct loading *loading);

/* Adds a fault for everything that only the development profile lets pass. */
void config_check_production(struct loading *loading);

#endif
