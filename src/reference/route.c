/* Everything about one route, as its row says it. */
#include "base/arena.h"
#include "base/html.h"
#include "base/text.h"
#include "http/route.h"
#include "http/route_example.h"
#include "reference/html.h"

static const char *const limit_words[] = {
	[LIMIT_DEFAULT] = NULL,
	[LIMIT_NONE] = "not counted",
	[LIMIT_SIGN_IN] = "sign-ins, passwords and codes",
	[LIMIT_PAYMENT] = "payments begun",
	[LIMIT_REFRESH] = "refreshes of tokens",
	[LIMIT_COUPON] = "checks of coupons",
	[LIMIT_SUGGEST] = "suggestions",
	[LIMIT_WEBHOOK] = "webhooks",
};

static void
add_who(struct text *page, const struct route *route)
{
	const char *between = "";

	TEXT_ADD(page, "<dt>For</dt><dd>");
	if (route->local)
		TEXT_ADD(page, "the networks of <code>http.watchers</code>, without a token");
	else if (route->permission == PUBLIC)
		text_add_string(page, route->optional_user ? "anybody; an access token is honoured" : "anybody");
	else if (route->permission == SIGNED_IN)
		TEXT_ADD(page, "anybody who is signed in");
	else if (route->permission == STAFF)
		TEXT_ADD(page, "staff");
	else
		TEXT_ADD(page, "accounts with ");
	for (unsigned bit = 0; bit < PERMISSION__COUNT; bit++)
		if (route->permission >> bit & 1) {
			text_add_string(page, between);
			docs_add_code(page, permission_name((enum permission_bit)bit));
			between = " or ";
		}
	if (route->guest)
		TEXT_ADD(page, ", and guests with the token of a cart");
	if (route->by_key)
		TEXT_ADD(page, ", also by an API key");
	if (route->confirmed)
		TEXT_ADD(page, "; the sign-in must be young");
	TEXT_ADD(page, "</dd>\n");
}

static void
add_facts(struct text *page, const struct route *route)
{
	TEXT_ADD(page, "<dl class=\"facts\">\n");
	add_who(page, route);
	if (limit_words[route->limit] != NULL)
		text_addf(page, "<dt>Limit</dt><dd>%s</dd>\n", limit_words[route->limit]);
	TEXT_ADD(page, "</dl>\n");
}

static void
add_header(struct text *page, const char *name, const char *meaning)
{
	text_addf(page, "<dt><code>%s</code></dt><dd>Header. %s</dd>\n", name, meaning);
}

static bool
takes_header(const struct route *route)
{
	return route_takes_key(route) || route->guest || route->tagged || route_may_answer(route, PROBLEM_VERSION_MISMATCH);
}

/* Of the path and the headers. */
static void
add_parameters(struct text *page, const struct route *route)
{
	if (strchr(route->path, '{') == NULL && !takes_header(route))
		return;
	TEXT_ADD(page, "<h4>Path and headers</h4>\n<dl>\n");
	for (const char *brace = strchr(route->path, '{'); brace != NULL; brace = strchr(brace + 1, '{')) {
		size_t length = strcspn(brace + 1, "}");

		text_addf(page,
		    "<dt><code>%.*s</code> <strong>required</strong></dt><dd>In the path, such as <code>%s</code>.</dd>\n",
		    (int)length, brace + 1, route_example_parameter(brace + 1, length));
	}
	if (route_takes_key(route))
		add_header(page, "Idempotency-Key", "With the same key a repetition is answered without being done again.");
	if (route->guest)
		add_header(page, "X-Cart-Token", "The token of a guest's cart, for nobody who is signed in.");
	if (route->tagged)
		add_header(page, "If-None-Match", "The <code>ETag</code> of what you have: 304 while it is the same.");
	if (route_may_answer(route, PROBLEM_VERSION_MISMATCH))
		add_header(page, "If-Match", "The <code>ETag</code> of what you want to change: 412 when it is another by now.");
	TEXT_ADD(page, "</dl>\n");
}

static unsigned
takes_of(const struct route *route)
{
	return route->takes == 0 ? TAKES_JSON : route->takes;
}

static void
add_body(struct text *page, const struct route *route, struct docs_shapes *met)
{
	const char *between = "";

	if (route->body == NULL && route->upload.files == NULL && (route->takes & TAKES_RAW) == 0)
		return;
	TEXT_ADD(page, "<h4>Body</h4>\n<p>");
	if ((route->takes & TAKES_RAW) != 0)
		TEXT_ADD(page, "As its sender makes and signs it");
	for (const struct body_type *type = body_types; type->takes != 0; type++)
		if ((takes_of(route) & type->takes) != 0 &&
		    (route->body != NULL || (type->takes & (TAKES_MULTIPART | TAKES_FILE)) != 0)) {
			text_add_string(page, between);
			docs_add_code(page, type->name);
			between = " or ";
		}
	TEXT_ADD(page, ".");
	if (route->upload.files != NULL)
		text_addf(page, " Files are parts named <code>%s</code>, at most %u.", route->upload.files, route->upload.max);
	if (route->upload.json != NULL)
		text_addf(page, " The members below are JSON in the part <code>%s</code>.", route->upload.json);
	TEXT_ADD(page, "</p>\n");
	if (route->body != NULL)
		docs_add_members(page, route->body, SCHEMA_BODY, met);
}

static void
add_answer(struct text *page, const struct route *route, struct docs_shapes *met)
{
	text_addf(page, "<h4>Answer</h4>\n<p>%d", route->answer.status);
	if (route->answer.shape != NULL) {
		TEXT_ADD(page, " with ");
		docs_add_object(page, route->answer.shape, SCHEMA_ANSWER, met);
	} else if (route->answer_type != NULL) {
		TEXT_ADD(page, " with ");
		docs_add_code(page, route->answer_type);
	} else if (route->answer.status == 303) {
		TEXT_ADD(page, ", on to the address in <code>Location</code>");
	} else {
		TEXT_ADD(page, " without a body");
	}
	if (route->other_type != NULL) {
		TEXT_ADD(page, ", or ");
		docs_add_code(page, route->other_type);
	}
	TEXT_ADD(page, ".</p>\n");
}

static void
add_errors(struct text *page, const struct route *route)
{
	TEXT_ADD(page, "<h4>Errors</h4>\n<ul class=\"codes\">\n");
	for (unsigned code = 0; code < PROBLEM__COUNT; code++)
		if (route_may_answer(route, (enum problem_code)code))
			text_addf(page, "<li><a href=\"/docs/reference#error-%s\">%d %s</a></li>\n",
			    problem_name((enum problem_code)code), problem_status((enum problem_code)code),
			    problem_name((enum problem_code)code));
	TEXT_ADD(page, "</ul>\n");
}

/* A word of a shell in single quotes. */
static void
add_quoted(struct text *out, const char *string)
{
	TEXT_ADD(out, "'");
	for (; *string != '\0'; string++)
		if (*string == '\'')
			TEXT_ADD(out, "'\\''");
		else
			text_add_char(out, *string);
	TEXT_ADD(out, "'");
}

static void
add_example_body(struct text *out, const struct route *route)
{
	struct text body = text_new(out->arena, 1024);

	if (route->body != NULL)
		route_example_body(&body, route->body, SCHEMA_BODY);
	if ((takes_of(route) & TAKES_JSON) != 0 && route->body != NULL) {
		TEXT_ADD(out, " \\\n  -H 'Content-Type: application/json' \\\n  -d ");
		add_quoted(out, body.bytes);
	} else if ((takes_of(route) & TAKES_MULTIPART) != 0 && route->upload.files != NULL) {
		text_addf(out, " \\\n  -F %s=@FILE", route->upload.files);
		if (route->upload.json != NULL)
			add_quoted(out, arena_format(out->arena, "%s=%s", route->upload.json, body.bytes));
	} else if ((takes_of(route) & TAKES_FILE) != 0) {
		TEXT_ADD(out, " \\\n  -H 'Content-Type: text/csv' \\\n  --data-binary @FILE");
	} else if ((takes_of(route) & TAKES_RAW) != 0) {
		TEXT_ADD(out, " \\\n  --data-binary @FILE");
	}
}

/* The fields of a form, each by itself. */
static void
add_example_fields(struct text *out, const struct route *route)
{
	if ((takes_of(route) & TAKES_FORM) == 0 || (takes_of(route) & TAKES_JSON) != 0 || route->body == NULL)
		return;
	for (size_t i = 0; i < route->body->count; i++) {
		const struct member *member = &route->body->members[i];

		if (!member->hidden)
			text_addf(out, " \\\n  -d %s=%s", member->name, route_example_query(out, member));
	}
}

static void
add_example(struct text *page, const struct route *route)
{
	struct text call = text_new(page->arena, 1024);

	TEXT_ADD(&call, "curl");
	if (route->method != GET)
		text_addf(&call, " -X %s", method_values[route->method]);
	TEXT_ADD(&call, " '" EXAMPLE_URL);
	route_example_path(&call, route);
	TEXT_ADD(&call, "'");
	if (route->permission != PUBLIC)
		TEXT_ADD(&call, " \\\n  -H \"Authorization: Bearer $TOKEN\"");
	if (route_takes_key(route))
		TEXT_ADD(&call, " \\\n  -H \"Idempotency-Key: $(uuidgen)\"");
	add_example_body(&call, route);
	add_example_fields(&call, route);
	TEXT_ADD(page, "<h4>Example</h4>\n<pre><code>");
	html_add(page, call.bytes);
	TEXT_ADD(page, "</code></pre>\n");
	if (route->answer.shape != NULL) {
		struct text answer = text_new(page->arena, 1024);

		route_example_body(&answer, route->answer.shape, SCHEMA_ANSWER);
		TEXT_ADD(page, "<pre><code>");
		html_add(page, answer.bytes);
		TEXT_ADD(page, "</code></pre>\n");
	}
}

void
docs_add_route(struct text *page, const struct route *route, struct docs_shapes *met)
{
	text_addf(page, "<section class=\"route\" aria-labelledby=\"%s\">\n<h3 id=\"%s\"><a href=\"#%s\">", route->id, route->id,
	    route->id);
	html_add(page, route->summary);
	TEXT_ADD(page, "</a></h3>\n<p class=\"call\">");
	docs_add_call(page, route);
	TEXT_ADD(page, "</p>\n");
	if (route->description != NULL) {
		TEXT_ADD(page, "<p>");
		html_add(page, route->description);
		TEXT_ADD(page, "</p>\n");
	}
	add_facts(page, route);
	add_parameters(page, route);
	if (route->query != NULL) {
		TEXT_ADD(page, "<h4>Query</h4>\n");
		docs_add_members(page, route->query, SCHEMA_BODY, met);
	}
	add_body(page, route, met);
	add_answer(page, route, met);
	add_errors(page, route);
	add_example(page, route);
	TEXT_ADD(page, "</section>\n");
}
