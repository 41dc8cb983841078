#include "http/nginx.h"

#include "base/text.h"
#include "http/route.h"

enum {
	TOKEN_MAX = 3500, /* nginx takes no longer word than 4096 bytes; a row needs far less than the difference */
};

/* "POST:/api/v1/orders/[^/]+/cancel" in PCRE's extended syntax, where a space means nothing. */
static void
print_pattern(struct text *out, const struct route *route)
{
	text_addf(out, "%s:%s", method_values[route->method], route->outside ? "" : "/api/v1");
	for (const char *c = route->path; *c != '\0'; c++)
		if (*c == '{') {
			TEXT_ADD(out, "[^/]+");
			c += strcspn(c, "}");
		} else {
			if (strchr(".+*?()|[]#\\^$", *c) != NULL)
				text_add_char(out, '\\');
			text_add_char(out, *c);
		}
}

/* A regular expression over all rows that `belongs` picks, in several map entries when one would be too long. */
static void
print_entries(struct text *out, bool (*belongs)(const struct route *route, int argument), int argument, const char *value)
{
	size_t opened = 0; /* where the entry at hand begins; 0: none is open */

	for (const struct route_table *const *table = routes_tables(); *table != NULL; table++)
		for (size_t i = 0; i < (*table)->count; i++) {
			const struct route *route = &(*table)->routes[i];

			if (!belongs(route, argument))
				continue;
			if (opened > 0 && out->length - opened > TOKEN_MAX) {
				text_addf(out, "\n\t)/?$\" %s;\n", value);
				opened = 0;
			}
			if (opened == 0) {
				opened = out->length;
				TEXT_ADD(out, "\t\"~(?x)^(?:\n\t\t");
			} else {
				TEXT_ADD(out, "\n\t\t| ");
			}
			print_pattern(out, route);
		}
	if (opened > 0)
		text_addf(out, "\n\t)/?$\" %s;\n", value);
}

/* The place of a row's entry in the map: nginx takes the first one that matches, and "api" when none does. */
static int
rank(const struct route *route)
{
	return route->local ? 0 : route->pool == POOL_API ? POOL__COUNT : (int)route->pool;
}

/* Goes first in the worker, and would be found too late in the map: its entry is printed in front of the others. */
static bool
is_found_too_late(const struct route *route)
{
	for (const struct route_table *const *table = routes_tables(); *table != NULL; table++)
		for (size_t i = 0; i < (*table)->count; i++) {
			const struct route *other = &(*table)->routes[i];

			if (routes_meet(route, other) && route_goes_first(route, other) && rank(route) > rank(other))
				return true;
		}
	return false;
}

static bool
is_first_of_pool(const struct route *route, int pool)
{
	return route->pool == (enum pool)pool && is_found_too_late(route);
}

static bool
is_of_pool(const struct route *route, int pool)
{
	return !route->local && route->pool == (enum pool)pool;
}

static bool
is_local(const struct route *route, int argument)
{
	(void)argument;
	return route->local;
}

static bool
is_sensitive(const struct route *route, int argument)
{
	(void)argument;
	return route->limit == LIMIT_SENSITIVE;
}

void
nginx_print(struct text *out)
{
	TEXT_ADD(out,
	    "# Made by \"haatd --nginx\" from the tables of routes; do not edit.\n\n"
	    "map $haat_method:$haat_path $haat_pool {\n\tdefault api;\n");
	for (int pool = 0; pool < POOL__COUNT; pool++)
		print_entries(out, is_first_of_pool, pool, pool_values[pool]);
	print_entries(out, is_local, 0, "local");
	for (int pool = POOL_API + 1; pool < POOL__COUNT; pool++)
		print_entries(out, is_of_pool, pool, pool_values[pool]);
	TEXT_ADD(out, "}\n\nmap $haat_method:$haat_path $haat_sensitive {\n\tdefault \"\";\n");
	print_entries(out, is_sensitive, 0, "$binary_remote_addr");
	TEXT_ADD(out, "}\n");
}
