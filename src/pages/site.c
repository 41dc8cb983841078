#include "pages/site.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/locale.h"
#include "pages/assets.h"
#include "pages/catalog_pages.h"
#include "pages/order_view.h"
#include "pages/pages.h"
#include "pages/register_page.h"
#include "pages/sign_in_page.h"
#include "template/messages.h"
#include "template/template.h"

#include <string.h>

enum { PAGE_ROOM = 32 * 1024, LANGUAGES_MAX = 16 };

static const struct member site_link_members[] = {
	M_TEXT(struct site_link, language, "language", 16),
	M_TEXT(struct site_link, name, "name", 64),
	M_TEXT(struct site_link, url, "url", 4096),
};
SHAPE(struct site_link, site_link_shape, "SiteLink", site_link_members);

static const struct member site_members[] = {
	M_TEXT(struct site, style, "style", 100),
	M_TEXT(struct site, script, "script", 100),
	M_TEXT(struct site, language, "language", 16),
	M_TEXT(struct site, direction, "direction", 3),
	M_TEXT(struct site, base, "base", 17),
	M_TEXT(struct site, shop, "shop", 100),
	M_TEXT(struct site, canonical, "canonical", 4096),
	M_TEXT(struct site, path, "path", 4096),
	M_TEXT(struct site, query, "query", 200),
	M_ARRAY(struct site, languages, n_languages, "languages", site_link_shape, LANGUAGES_MAX),
};
SHAPE_SHARED(struct site, site_shape, "Site", site_members);

/* ---- what the problem page shows ---- */

struct problem_view {
	struct site site;
	int64_t     status, seconds;
	bool        is_missing, is_gone, is_limited, is_broken; /* one of them */
	const char *request_id;
};

static const struct member problem_view_members[] = {
	M_SITE(struct problem_view),
	M_INTEGER(struct problem_view, status, "status", 400, 599),
	M_INTEGER(struct problem_view, seconds, "seconds", 0, INT32_MAX),
	M_BOOLEAN(struct problem_view, is_missing, "is_missing"),
	M_BOOLEAN(struct problem_view, is_gone, "is_gone"),
	M_BOOLEAN(struct problem_view, is_limited, "is_limited"),
	M_BOOLEAN(struct problem_view, is_broken, "is_broken"),
	M_TEXT(struct problem_view, request_id, "request_id", 64),
};
SHAPE(struct problem_view, problem_view_shape, "ProblemView", problem_view_members);

/* ---- templates ---- */

static const struct {
	const char         *file;
	const struct shape *shape;
} pages[SITE_TEMPLATES] = {
	[SITE_HOME] = { "home.html", &list_view_shape },
	[SITE_LIST] = { "list.html", &list_view_shape },
	[SITE_SHOP] = { "shop.html", &list_view_shape },
	[SITE_PRODUCT] = { "product.html", &product_view_shape },
	[SITE_RELATED] = { "related.html", &related_view_shape },
	[SITE_SIGN_IN] = { "signin.html", &sign_in_view_shape },
	[SITE_REGISTER] = { "register.html", &register_view_shape },
	[SITE_ORDERS] = { "orders.html", &order_list_view_shape },
	[SITE_ORDER] = { "order.html", &order_view_shape },
	[SITE_PROBLEM] = { "problem-site.html", &problem_view_shape },
};

static struct site_language {
	const struct locale   *locale;
	const char            *base; /* of its addresses */
	const struct template *templates[SITE_TEMPLATES];
} languages[LANGUAGES_MAX];
static size_t n_languages;

/* The shop's own file where it has one. */
static const char *
read_file(struct arena *arena, void *argument, const char *name, size_t *length, const char **why)
{
	const struct config *config = argument;
	const char          *ignored,
	    *own = *config->pages.own_templates == '\0'
	    ? NULL
	    : template_file(arena, (void *)(uintptr_t)config->pages.own_templates, name, length, &ignored);

	return own != NULL ? own : template_file(arena, (void *)(uintptr_t)config->pages.templates, name, length, why);
}

static bool
load_language(const struct config *config, struct arena *arena, struct site_language *into, const char *code,
    const struct template_language **words, const char **error)
{
	struct template_source source = { read_file, (void *)(uintptr_t)config, config->pages.templates, NULL };

	into->locale = locale_find(code, strlen(code));
	if (into->locale == NULL) {
		*error = arena_format(arena, "pages.languages: '%s' is no language of the pages", code);
		return false;
	}
	into->base = n_languages == 0 ? "" : arena_format(arena, "/%s", code);
	*words = messages_load(
	    arena, config->pages.messages, config->pages.own_templates, into->locale, config->shop.time_zone, error);
	if (*words == NULL)
		return false;
	source.language = *words;
	for (size_t page = 0; page < SITE_TEMPLATES; page++) {
		into->templates[page] = template_read(arena, &source, pages[page].file, pages[page].shape, error);
		if (into->templates[page] == NULL)
			return false;
	}
	return true;
}

bool
site_load(const struct config *config, struct arena *arena, const char **error)
{
	const struct template_language *first = NULL, *words;

	for (n_languages = 0; config->pages.languages[n_languages] != NULL; n_languages++) {
		if (n_languages == LANGUAGES_MAX) {
			*error = arena_format(arena, "pages.languages: more than %d", LANGUAGES_MAX);
			return false;
		}
		if (!load_language(config, arena, &languages[n_languages], config->pages.languages[n_languages], &words, error))
			return false;
		if (first == NULL)
			first = words;
		else if (!messages_match(arena, first, words, error))
			return false;
	}
	return true;
}

/* The language whose addresses these are: what request.h has found in front of the path. */
static const struct site_language *
language_of(const struct request *request)
{
	for (size_t i = 0; i < n_languages; i++)
		if (request->locale == languages[i].locale)
			return &languages[i];
	return &languages[0];
}

const char *
site_base(const struct request *request)
{
	return language_of(request)->base;
}

struct site
site_of(struct request *request, bool canonical)
{
	const struct config        *config = request->work->config;
	struct arena               *arena = request->work->arena;
	const struct site_language *language = language_of(request);
	struct site                 site = { .style = ASSET_SHOP_CSS,
				.script = ASSET_SHOP_JS,
				.language = language->locale->code,
				.direction = language->locale->direction,
				.base = language->base,
				.shop = *config->shop.name == '\0' ? config->mail.from_name : config->shop.name,
				.path = request->path,
				.languages = ARENA_ARRAY(arena, n_languages, struct site_link),
				.n_languages = n_languages };

	if (canonical)
		site.canonical = arena_format(arena, "%s%s%s", config->public_url, language->base, request->path);
	for (size_t i = 0; i < n_languages; i++)
		site.languages[i] = (struct site_link) { languages[i].locale->code, languages[i].locale->name,
			arena_format(arena, "%s%s%s%s%s", config->public_url, languages[i].base, request->path,
			    *request->query == '\0' ? "" : "?", request->query) };
	return site;
}

void
site_print(const struct request *request, enum site_template page, const void *value, struct text *out)
{
	template_print(language_of(request)->templates[page], value, out);
}

const struct problem *
site_respond_kept(struct request *request, const struct stamped_key *key, stamped_maker *make, void *argument)
{
	struct stamped_key page = *key;

	page.name = arena_format(request->work->arena, "html %s %s", language_of(request)->locale->code, key->name);
	return respond_stamped(request, &page, make, argument);
}

const struct problem *
site_respond(struct request *request, stamped_maker *make, void *argument)
{
	struct text html = text_new(request->work->arena, PAGE_ROOM);
	const char *label = "";

	TRY(make(request->work, argument, &html, &label));
	respond_header(request, "Cache-Control", "no-cache");
	return respond_text(request, PAGE_TYPE, html.bytes, html.length);
}

const struct problem *
site_respond_own(struct request *request, enum site_template page, const void *value, int status)
{
	struct text html = text_new(request->work->arena, PAGE_ROOM);

	site_print(request, page, value, &html);
	respond_header(request, "Cache-Control", "no-store");
	respond_text(request, PAGE_TYPE, html.bytes, html.length);
	request->status = status;
	return OK;
}

const char *
site_address(const struct request *request, const char *path)
{
	return path == NULL ? NULL : arena_format(request->work->arena, "%s%s", site_base(request), path);
}

/* Who must sign in first does so here, and goes on to what was asked for. */
static bool
wants_sign_in(const struct problem *problem)
{
	return problem_is(problem, PROBLEM_UNAUTHENTICATED) || problem_is(problem, PROBLEM_SESSION_ENDED) ||
	    problem_is(problem, PROBLEM_TOKEN_EXPIRED);
}

void
site_show_problem(struct request *request, const struct problem *problem)
{
	struct text         html = text_new(request->work->arena, PAGE_ROOM);
	const int           status = problem_status(problem->code);
	struct problem_view view = { .site = site_of(request, false),
		.status = status,
		.is_missing = status == 404,
		.is_gone = status == 410,
		.is_limited = status == 429,
		.seconds = problem->retry_after_seconds > 0 ? problem->retry_after_seconds : 10,
		.request_id = request->work->request_id };

	if (wants_sign_in(problem)) {
		show_sign_in_first(request);
		return;
	}
	view.is_broken = !view.is_missing && !view.is_gone && !view.is_limited;
	site_print(request, SITE_PROBLEM, &view, &html);
	respond_header(request, "Cache-Control", "no-store");
	respond_text(request, PAGE_TYPE, html.bytes, html.length);
	request->status = status;
}
