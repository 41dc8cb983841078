/* The first page of the reference: what holds for every route, the subjects, permissions and error codes. */
#include "base/html.h"
#include "base/text.h"
#include "http/nginx.h"
#include "http/route.h"
#include "reference/html.h"

static const struct {
	const char *id, *title, *says;
} conventions[] = {
	{ "requests", "Requests and answers",
	    "<p>Every path of the API begins with <code>/api/v1</code>; one slash at its end is ignored. Bodies and answers are JSON in "
	    "UTF-8, uploads are <code>multipart/form-data</code>. Members that a route does not know are refused, and all faults of a "
	    "body are reported at once, each under its member in <code>details</code>. Ids are UUIDs, times are RFC 3339 in UTC with "
	    "milliseconds. An amount is a decimal in a text beside its currency; in a body an exact JSON number will do, with no more "
	    "digits than the currency has.</p>\n" },
	{ "signing-in", "Signing in",
	    "<p><a href=\"/docs/reference/accounts#login\">Log in</a> for an access token and a refresh token, and send the first as "
	    "<code>Authorization: Bearer</code>. When it has expired (<code>token_expired</code>), exchange the refresh token for both "
	    "anew. A shop's own servers use an <a href=\"/docs/reference/api-keys\">API key</a> in its place, where the route says so.</p>\n" },
	{ "lists", "Lists",
	    "<p>A list is <code>{\"results\": [...], \"next\": ..., \"previous\": ...}</code>, where the last two are the addresses of the "
	    "neighbouring pages or null. Follow them as they are: a <code>cursor</code> holds the ordering and the place. Small sets take "
	    "<code>page</code> and <code>page_size</code> and say <code>count</code>.</p>\n" },
	{ "repeating", "Repeating safely",
	    "<p>Send a POST with an <code>Idempotency-Key</code> of your choice, where the route takes one: repeated with the same body "
	    "within 24 hours it answers what it answered, with <code>Idempotent-Replayed: true</code>, and does nothing again. With "
	    "another body it is refused.</p>\n" },
	{ "versions", "Changes by two people",
	    "<p>What can be changed has an <code>ETag</code>. Sent as <code>If-Match</code> with the change, it makes sure that nobody has "
	    "changed it in between; sent as <code>If-None-Match</code> with a read, it saves the answer that you have.</p>\n" },
	{ "limits", "Limits",
	    "<p>Calls are counted by account, API key or address, each purpose by itself. Who has called too often gets 429 with "
	    "<code>Retry-After</code>, in seconds.</p>\n" },
	{ "errors-form", "The form of errors",
	    "<p>Every error has the same members, whoever makes it: <code>error</code> (true), <code>status_code</code>, "
	    "<code>code</code>, <code>message</code>, <code>details</code> (texts by member) and <code>request_id</code>. Programs go by "
	    "<a href=\"#errors\"><code>code</code></a>, which never changes; people who ask for help name the "
	    "<code>request_id</code>.</p>\n" },
};

enum { CONVENTIONS = sizeof conventions / sizeof *conventions };

static void
add_list(struct text *page)
{
	TEXT_ADD(page, "<nav class=\"contents\" aria-labelledby=\"contents\">\n<h2 id=\"contents\">Contents</h2>\n<ul>\n");
	for (size_t i = 0; i < CONVENTIONS; i++)
		text_addf(page, "<li><a href=\"#%s\">%s</a></li>\n", conventions[i].id, conventions[i].title);
	TEXT_ADD(page,
	    "<li><a href=\"#subjects\">Routes by subject</a></li>\n<li><a href=\"#permissions\">Permissions</a></li>\n"
	    "<li><a href=\"#errors\">Error codes</a></li>\n"
	    "<li><a href=\"#server-errors\">Errors of the web server</a></li>\n</ul>\n</nav>\n");
}

static void
add_subjects(struct text *page)
{
	TEXT_ADD(page, "<h2 id=\"subjects\">Routes by subject</h2>\n");
	for (const struct route_table *const *table = routes_tables(); *table != NULL; table++) {
		TEXT_ADD(page, "<h3><a href=\"");
		docs_add_address(page, *table);
		TEXT_ADD(page, "\">");
		html_add(page, (*table)->tag);
		TEXT_ADD(page, "</a></h3>\n<p>");
		html_add(page, (*table)->description);
		TEXT_ADD(page, "</p>\n<ul class=\"routes\">\n");
		for (size_t i = 0; i < (*table)->count; i++) {
			TEXT_ADD(page, "<li>");
			docs_add_call(page, &(*table)->routes[i]);
			TEXT_ADD(page, " <a href=\"");
			docs_add_address(page, *table);
			text_addf(page, "#%s\">", (*table)->routes[i].id);
			html_add(page, (*table)->routes[i].summary);
			TEXT_ADD(page, "</a></li>\n");
		}
		TEXT_ADD(page, "</ul>\n");
	}
}

static void
add_permissions(struct text *page)
{
	TEXT_ADD(page,
	    "<h2 id=\"permissions\">Permissions</h2>\n<p>A role grants these; an account may hold others besides. Those whose "
	    "names end in <code>_own</code> open what is the holder's own, and nothing of another's.</p>\n<dl>\n");
	for (unsigned bit = 0; bit < PERMISSION__COUNT; bit++) {
		const char *between = "";

		TEXT_ADD(page, "<dt>");
		docs_add_code(page, permission_name((enum permission_bit)bit));
		TEXT_ADD(page, "</dt><dd>");
		for (unsigned role = 0; role < ROLE__COUNT; role++)
			if (role_permissions((enum role)role) >> bit & 1) {
				text_addf(page, "%s%s", between, role_values[role]);
				between = ", ";
			}
		text_add_string(page, *between == '\0' ? "no role by itself</dd>\n" : "</dd>\n");
	}
	TEXT_ADD(page, "</dl>\n");
}

static void
add_errors(struct text *page)
{
	TEXT_ADD(page, "<h2 id=\"errors\">Error codes</h2>\n<dl>\n");
	for (unsigned code = 0; code < PROBLEM__COUNT; code++) {
		text_addf(page, "<dt id=\"error-%s\">%d <code>%s</code></dt><dd>", problem_name((enum problem_code)code),
		    problem_status((enum problem_code)code), problem_name((enum problem_code)code));
		html_add(page, problem_meaning((enum problem_code)code));
		TEXT_ADD(page, "</dd>\n");
	}
	TEXT_ADD(page,
	    "</dl>\n<h2 id=\"server-errors\">Errors of the web server</h2>\n<p>What is answered before a worker sees the request, "
	    "or in place of one.</p>\n<dl>\n");
	for (const struct nginx_error *error = nginx_errors; error->status != 0; error++) {
		if (nginx_error_is_own(error))
			text_addf(page, "<dt id=\"error-%s\">", error->code);
		else
			TEXT_ADD(page, "<dt>");
		text_addf(page, "%d <code>%s</code></dt><dd>", error->status, error->code);
		html_add(page, error->message);
		TEXT_ADD(page, ".</dd>\n");
	}
	TEXT_ADD(page, "</dl>\n");
}

void
docs_add_contents(struct text *page)
{
	docs_head(page, "Reference");
	TEXT_ADD(page,
	    "<p>Every route, parameter, limit, permission and error, from the tables by which the shop itself routes and checks. "
	    "The same is there for programs as <a href=\"/api/v1/openapi.json\">OpenAPI</a>.</p>\n");
	add_list(page);
	for (size_t i = 0; i < CONVENTIONS; i++)
		text_addf(page, "<h2 id=\"%s\">%s</h2>\n%s", conventions[i].id, conventions[i].title, conventions[i].says);
	add_subjects(page);
	add_permissions(page);
	add_errors(page);
	docs_foot(page);
}
