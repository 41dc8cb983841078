/*
 * parameters.h: checks of parameters that several calls share.  Each answers Stripe's error and returns false when the
 * parameter is wrong; one that is absent and optional is right.
 */
#ifndef SANDBOX_PARAMETERS_H
#define SANDBOX_PARAMETERS_H

#include <stdbool.h>
#include <stdint.h>

struct call;
struct json_object;

/* Every parameter is one of `known` (see form_unknown). */
bool check_known(struct call *call, const char *const *known);

/* The parameter is there and not empty. */
bool check_present(struct call *call, const char *name);

/* The parameter, when there, is one of `values` (ended by NULL). */
bool check_one_of(struct call *call, const char *name, const char *const *values);

/* Reads an integer; *into stays as it is when the parameter is absent. */
bool check_integer(struct call *call, const char *name, int64_t *into);

/* An amount Stripe would charge in the currency, and a currency it knows. */
bool check_amount(struct call *call, const char *currency, int64_t amount);
bool check_currency(struct call *call, const char *currency);

/* metadata[name]: at most 50, names up to 40 characters, values up to 500. */
bool check_metadata(struct call *call);

/* The metadata of the form as an object; without the empty values, which mean "no such member". */
struct json_object *metadata_object(const struct call *call);

#endif
