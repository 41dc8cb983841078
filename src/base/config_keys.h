/*
 * config_keys.h: the rows of config.c's table, shared with config_load.c only.
 *
 * A row says everything that is known of a key; reading, checking, printing and documenting walk the table and know no
 * key by name.  The member a row fills is checked against the row's kind at compile time.
 */
#ifndef CONFIG_KEYS_H
#define CONFIG_KEYS_H

#include "base/config.h"

enum key_kind { KIND_TEXT, KIND_INTEGER, KIND_BOOLEAN, KIND_LIST, KIND_CHOICE };

/* What a text, or each element of a list, must look like when it is not empty. */
enum key_form {
	FORM_ANY,
	FORM_BASE_URL, /* http or https, no slash at the end */
	FORM_URL,      /* http or https */
	FORM_ORIGIN,   /* http or https, host, port: nothing behind them */
	FORM_CURRENCY, /* ISO 4217 */
	FORM_OLD_KEY,  /* key id, colon, secret */
	FORM_SHIPPING, /* method:country:currency:base:per item */
	FORM_TAX       /* class:country:percent:inclusive or exclusive */
};

/* When the production profile refuses to start without a value. */
enum key_need { NEED_NEVER, NEED_ALWAYS, NEED_FOR_STRIPE };

struct key {
	const char        *name; /* "section.key", the last dot parts them; without a dot it stands above all sections */
	enum key_kind      kind;
	size_t             offset;         /* of its member in struct config */
	int64_t            least, most;    /* an integer's value, a text's bytes, a list's elements; most 0: the default */
	const char        *fallback;       /* the default as it would stand in the file */
	const char        *in_development; /* the default of the development profile, when it is another */
	const char *const *choices;        /* the only values, ended by NULL */
	enum key_form      form;
	enum key_need      need;
	bool               secret;
	const char        *doc;
};

enum { TEXT_MOST_DEFAULT = 1024, LIST_MOST_DEFAULT = 100 };

extern const struct key config_keys[];
extern const size_t     config_key_count;

/* Where a key's value lies in a config. */
#define KEY_TEXT(config, key)    (*(const char **)((char *)(config) + (key)->offset))
#define KEY_INTEGER(config, key) (*(int64_t *)((char *)(config) + (key)->offset))
#define KEY_BOOLEAN(config, key) (*(bool *)((char *)(config) + (key)->offset))
#define KEY_CHOICE(config, key)  (*(int *)((char *)(config) + (key)->offset))
#define KEY_LIST(config, key)    (*(const char *const **)((char *)(config) + (key)->offset))

/* The most bytes or elements, the default filled in. */
int64_t key_most(const struct key *key);

/* What is wrong with the form of a text or an element ("must be a URL ..."); NULL when nothing is. */
const char *key_form_fault(enum key_form form, const char *text);

#endif
