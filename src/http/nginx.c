#include "http/nginx.h"

#include "base/locale.h"
#include "base/text.h"
#include "http/route.h"

enum {
	TOKEN_MAX = 3500, /* nginx takes no longer word than 4096 bytes; a row needs far less than the difference */
};

const struct nginx_error nginx_errors[] = {
	{ 400, "bad_request", "the request is malformed" },
	{ 403, "forbidden", "access denied" },
	{ 404, "not_found", "not found" },
	{ 405, "method_not_allowed", "method not allowed" },
	{ 408, "request_timeout", "the request timed out" },
	{ 411, "length_required", "Content-Length is required" },
	{ 413, "body_too_large", "the body is too large" },
	{ 414, "uri_too_long", "the URL is too long" },
	{ 415, "unsupported_media_type", "unsupported content type" },
	{ 421, "misdirected_request", "unknown host" },
	{ 429, "too_many_requests", "too many requests; try again later" },
	{ 431, "headers_too_large", "the headers are too large" },
	{ 500, "internal_error", "internal error" },
	{ 501, "not_implemented", "the Transfer-Encoding is not supported; send chunked or Content-Length" },
	{ 502, "bad_gateway", "the service is restarting; try again" },
	{ 503, "unavailable", "the service is unavailable; try again" },
	{ 504, "gateway_timeout", "the service timed out" },
	{ 505, "version_not_supported", "HTTP version not supported" },
	{ 0, NULL, NULL },
};

bool
nginx_error_is_own(const struct nginx_error *error)
{
	for (unsigned code = 0; code < PROBLEM__COUNT; code++)
		if (strcmp(problem_name((enum problem_code)code), error->code) == 0)
			return false;
	return true;
}

/* "POST:/api/v1/orders/[^/]+/cancel" in PCRE's extended syntax, where a space means nothing. */
static void
print_pattern(struct text *out, const struct route *route, const char *parameter)
{
	text_addf(out, "%s:%s", method_values[route->method], route->outside ? "" : "/api/v1");
	/* What ends in "/?" behind it, the top itself too. */
	for (const char *c = strcmp(route->path, "/") == 0 ? "" : route->path; *c != '\0'; c++)
		if (*c == '{') {
			text_add_string(out, parameter);
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
			print_pattern(out, route, "[^/]+");
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
is_large(const struct route *route, int argument)
{
	(void)argument;
	return route->upload.large;
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
	return route->limit == LIMIT_SIGN_IN || route->limit == LIMIT_PAYMENT;
}

/* A list that may be had as a table. */
static bool
is_table(const struct route *route, int argument)
{
	(void)argument;
	return route->csv;
}

/* What anybody may read, and the workers do not count. */
static bool
is_public_read(const struct route *route, int argument)
{
	(void)argument;
	return route->method == GET && route->permission == PUBLIC && route->limit == LIMIT_DEFAULT && !route->local;
}

/* Shown to people, who are told of errors in the same way. */
static bool
is_page(const struct route *route, int argument)
{
	(void)argument;
	return route->show_problem != NULL;
}

/* An entry for each row that takes webhooks, for no other names than those of the senders. */
static void
print_senders(struct text *out, const char *const *senders)
{
	struct text names = text_new(out->arena, 256);

	if (senders[0] == NULL)
		return;
	for (size_t i = 0; senders[i] != NULL; i++)
		text_addf(&names, "%s%s", i == 0 ? "(?<haat_sender>" : "|", senders[i]);
	text_add_char(&names, ')');
	for (const struct route_table *const *table = routes_tables(); *table != NULL; table++)
		for (size_t i = 0; i < (*table)->count; i++) {
			if ((*table)->routes[i].limit != LIMIT_WEBHOOK)
				continue;
			TEXT_ADD(out, "\t\"~^");
			print_pattern(out, &(*table)->routes[i], names.bytes);
			TEXT_ADD(out, "/?$\" $haat_sender;\n");
		}
}

static void
print_languages(struct text *out)
{
	struct text codes = text_new(out->arena, 64);

	for (size_t i = 0; locale_code(i) != NULL; i++)
		text_addf(&codes, "%s%s", i == 0 ? "" : "|", locale_code(i));
	text_addf(out,
	    "\t\"~^/(?:%s)(?<haat_page_path>/[^?]*)\" $haat_page_path;\n"
	    "\t\"~^/(?:%s)(?:\\?|$)\" /;\n",
	    codes.bytes, codes.bytes);
}

/* The directory of a language's pages: none, or its code and a slash. */
static void
print_language(struct text *out)
{
	TEXT_ADD(out, "map $request_uri $haat_language {\n\tdefault \"\";\n");
	for (size_t i = 0; locale_code(i) != NULL; i++)
		text_addf(out, "\t\"~^/%s([/?]|$)\" %s/;\n", locale_code(i), locale_code(i));
	TEXT_ADD(out, "}\n\n");
}

static void
print_errors(struct text *out)
{
	/* Of what a worker has refused in a question of nginx's own, which brings nothing but its status: why it did. */
	TEXT_ADD(out, "\nmap \"\" $haat_refusal {\n\tdefault \"\";\n}\n");
	TEXT_ADD(out,
	    "\nmap $status$haat_refusal $haat_error_code {\n\t~^4 bad_request;\n\tdefault internal_error;\n\t403blocked blocked;\n");
	for (const struct nginx_error *error = nginx_errors; error->status != 0; error++)
		text_addf(out, "\t%d %s;\n", error->status, error->code);
	TEXT_ADD(out,
	    "}\n\nmap $status$haat_refusal $haat_error_message {\n\t~^4 \"the request is malformed\";\n\tdefault \"internal error\";\n"
	    "\t403blocked \"requests from this network are blocked\";\n");
	for (const struct nginx_error *error = nginx_errors; error->status != 0; error++)
		text_addf(out, "\t%d \"%s\";\n", error->status, error->message);
	TEXT_ADD(out, "}\n");
}

void
nginx_print(struct text *out, const char *const *senders)
{
	TEXT_ADD(out,
	    "# Made by \"haatd --nginx\" from the tables of routes; do not edit.\n\n"
	    "# In IPv6 an address stands for its /64, because a single customer has that many.\n"
	    "map $remote_addr $haat_client {\n"
	    "\t\"~^(?<haat_network>([0-9a-f]+:){4}|([0-9a-f]+:){1,3}:)\" $haat_network;\n"
	    "\tdefault $binary_remote_addr;\n}\n\n"
	    "# The path, which is what the worker looks at too: of a page without the language in front.\n"
	    "map $request_uri $haat_path {\n");
	print_languages(out);
	TEXT_ADD(out, "\t\"~^(?<haat_bare_path>[^?]*)\" $haat_bare_path;\n}\n\n");
	print_language(out);
	TEXT_ADD(out, "map $haat_method:$haat_path $haat_pool {\n\tdefault api;\n");
	print_entries(out, is_large, 0, "large");
	for (int pool = 0; pool < POOL__COUNT; pool++)
		print_entries(out, is_first_of_pool, pool, pool_values[pool]);
	print_entries(out, is_local, 0, "local");
	for (int pool = POOL_API + 1; pool < POOL__COUNT; pool++)
		print_entries(out, is_of_pool, pool, pool_values[pool]);
	TEXT_ADD(out, "}\n\nmap $haat_method:$haat_path $haat_sensitive {\n\tdefault \"\";\n");
	print_entries(out, is_sensitive, 0, "$haat_client");
	TEXT_ADD(out, "}\n\nmap $haat_method:$haat_path $haat_table {\n\tdefault \"\";\n");
	print_entries(out, is_table, 0, "table");
	TEXT_ADD(out, "}\n\nmap $haat_method:$haat_path $haat_public_read {\n\tdefault \"\";\n");
	print_entries(out, is_public_read, 0, "$haat_client");
	TEXT_ADD(out, "}\n\nmap $haat_method:$haat_path $haat_page {\n\tdefault \"\";\n");
	print_entries(out, is_page, 0, "1");
	TEXT_ADD(out, "}\n\nmap $haat_method:$haat_path $haat_webhook {\n\tdefault \"\";\n");
	print_senders(out, senders);
	TEXT_ADD(out, "}\n");
	print_errors(out);
}
