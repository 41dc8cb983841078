/*
 * What browsers send to pages: the first part of the input is a Cookie header, the second where to go on after sign-in, the rest
 * the fields of a form, which is tried as that of every page.
 */
#include "base/config.h"
#include "base/text.h"
#include "http/body.h"
#include "http/face.h"
#include "http/request.h"
#include "pages/sign_in_page.h"
#include "pages/site.h"
#include "shop.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

/* A cookie is a whole piece of the header, between semicolons. */
static void
try_cookies(struct request *request, const char *header)
{
	const char *secret = face_session(request), *whole, *at;
	bool        found = false;

	if (secret == NULL)
		return;
	PROPERTY(*secret != '\0' && strchr(secret, ';') == NULL);
	whole = arena_format(fuzz_arena(), "__Host-haat_session=%s", secret);
	for (at = header; !found && (at = strstr(at, whole)) != NULL; at++)
		found = (at == header || strchr("; ", at[-1]) != NULL) && (at[strlen(whole)] == '\0' || at[strlen(whole)] == ';');
	PROPERTY(found);
}

/* Wherever the browser is led, it stays: browsers take a backslash for a slash, and leave out tabs and line breaks. */
static void
try_next(struct request *request, const char *next)
{
	const char *path = page_after(request, next);

	PROPERTY(path[0] == '/' && path[1] != '/' && path[1] != '\\');
	for (const unsigned char *c = (const unsigned char *)path; *c != '\0'; c++)
		PROPERTY(*c > ' ' && *c != 0x7f);
}

/* What is left of the fields has a value each; and is the same when it is looked at again. */
static const char *
try_fields(const char *fields)
{
	const char *kept = without_empty(fuzz_arena(), fields);

	PROPERTY(strlen(kept) <= strlen(fields) && strcmp(without_empty(fuzz_arena(), kept), kept) == 0);
	PROPERTY(*kept != '&' && strstr(kept, "=&") == NULL && strstr(kept, "&&") == NULL);
	PROPERTY(*kept == '\0' || strchr("&=", kept[strlen(kept) - 1]) == NULL);
	return kept;
}

/* A form is a struct of its shape, which can be printed, or has faults. */
static void
try_form(const struct route *route, const char *fields)
{
	struct arena *arena = fuzz_arena();
	struct faults faults = { .count = 0 };
	struct text   json = text_new(arena, 256);
	void         *into = arena_alloc(arena, route->body->size);
	bool          good = shape_parse_query(route->body, fields, arena, into, &faults);

	PROPERTY(good == (faults.count == 0));
	if (!good)
		return;
	shape_print(route->body, into, &json);
	PROPERTY(json_read(arena, json.bytes, json.length) != NULL);
}

void
fuzz_one(const uint8_t *bytes, size_t length)
{
	static const struct site_pages pages = { .languages = { { .base = "" } }, .n_languages = 1 };
	static const struct config     config = { .public_url = "https://shop.test" };
	const char                    *cookies = fuzz_part(&bytes, &length), *next = fuzz_part(&bytes, &length);
	const char                    *fields = arena_copy(fuzz_arena(), bytes, length), *kept;
	char                          *environment[] = { arena_format(fuzz_arena(), "HTTP_COOKIE=%s", cookies), NULL };
	FCGX_Request                   fcgi = { .envp = environment };
	struct work                    work = { .arena = fuzz_arena(), .config = &config };
	struct request                 request = { .work = &work, .fcgi = &fcgi };

	site_use(&pages);
	routes_use(shop_tables);
	try_cookies(&request, cookies);
	try_next(&request, next);
	kept = try_fields(fields);
	for (const struct route_table *const *tables = routes_tables(); *tables != NULL; tables++)
		for (size_t i = 0; i < (*tables)->count; i++)
			if (((*tables)->routes[i].takes & TAKES_FORM) != 0 && (*tables)->routes[i].body != NULL)
				try_form(&(*tables)->routes[i], kept);
}
