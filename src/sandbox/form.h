/*
 * form.h: application/x-www-form-urlencoded parameters as Stripe reads them: "metadata[order_id]" is one flat name.
 */
#ifndef SANDBOX_FORM_H
#define SANDBOX_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

enum { FORM_MAX = 128 };

struct parameter {
	const char *name, *value;
};

struct form {
	struct parameter list[FORM_MAX];
	size_t           count;
};

/* False when an escape is broken, a name is empty or comes twice, or there are more than FORM_MAX. */
bool form_read(struct arena *arena, const char *bytes, size_t length, struct form *into);

/* Adds one parameter; the strings stay the caller's. */
bool form_add(struct form *form, const char *name, const char *value);

/* The value, or NULL. */
const char *form_get(const struct form *form, const char *name);

/* Reads a value of 1 to 18 digits; false when it is not one. */
bool form_integer(const char *value, int64_t *into);

/*
 * The first name that `known` (ended by NULL) does not have, or NULL.  A known name that ends with "[]" stands for
 * every name with something in brackets: "metadata[]" for "metadata[order_id]".
 */
const char *form_unknown(const struct form *form, const char *const *known);

/* The parameters in the order of their names as one text: equal for equal forms. */
const char *form_canonical(struct arena *arena, const struct form *form);

#endif
