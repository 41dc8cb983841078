/*
 * json_path.h: members of a provider's answer.  Providers add members as they like, so their answers are read by name and
 * not through a strict shape.
 */
#ifndef JSON_PATH_H
#define JSON_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct json_object;
struct money;

/* The value at "last_payment_error.code"; NULL when some step is missing, null, or no object. */
struct json_object *json_at(struct json_object *json, const char *path);

/* Removes the members of these names (NULL at the end; NULL: none) at any depth. */
void json_remove(struct json_object *json, const char *const *names);

/* Removes all other members, at any depth (NULL: keeps all). */
void json_keep(struct json_object *json, const char *const *names);

/* Its string in the arena; NULL when it is not a plain string of at most `max` bytes. */
const char *json_text_at(struct arena *arena, struct json_object *json, const char *path, size_t max);

/*
 * An amount in whole units, as a number or a string, read by its text and not as a floating-point number; false, and *into
 * without a currency, when it is none of that currency (NULL: none).
 */
bool json_money_at(struct json_object *json, const char *path, const char *currency, struct money *into);

/* False when it is not an integer. */
bool json_integer_at(struct json_object *json, const char *path, int64_t *into);

#endif
