#include "pages/site.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "base/locale.h"
#include "pages/assets.h"
#include "pages/dress.h"
#include "pages/pages.h"
#include "template/template.h"

#include <assert.h>

enum { PAGE_ROOM = 32 * 1024 };

static const struct member site_link_members[] = {
	M_TEXT(struct site_link, language, "language", 16),
	M_TEXT(struct site_link, name, "name", 64),
	M_TEXT(struct site_link, url, "url", 4096),
	M_TEXT(struct site_link, canonical, "canonical", 4096),
};
SHAPE(struct site_link, site_link_shape, "SiteLink", site_link_members);

static const struct member site_members[] = {
	M_TEXT(struct site, style, "style", 100),
	M_TEXT(struct site, art, "art", 100),
	M_TEXT(struct site, script, "script", 100),
	M_TEXT(struct site, icon, "icon", 100),
	M_TEXT(struct site, page_script, "page_script", 100),
	M_TEXT(struct site, own_style, "own_style", 100),
	M_TEXT(struct site, logo, "logo", 100),
	M_TEXT(struct site, language, "language", 16),
	M_TEXT(struct site, direction, "direction", 3),
	M_TEXT(struct site, base, "base", 17),
	M_TEXT(struct site, shop, "shop", 100),
	M_TEXT(struct site, canonical, "canonical", 4096),
	M_TEXT(struct site, default_url, "default_url", 4096),
	M_TEXT(struct site, path, "path", 4096),
	M_TEXT(struct site, here, "here", 4096),
	M_TEXT(struct site, display_currency, "display_currency", 3),
	M_TEXT(struct site, query, "query", 200),
	M_TEXT(struct site, form_key, "form_key", UUID_TEXT_LENGTH),
	M_ARRAY(struct site, languages, n_languages, "languages", site_link_shape, SITE_LANGUAGES_MAX),
};
SHAPE_SHARED(struct site, site_shape, "Site", site_members);

static const struct site_pages *used;

void
site_use(const struct site_pages *pages)
{
	used = pages;
}

const struct dress *
site_dress(void)
{
	return used->dress;
}

/* The language whose addresses these are: what request.h has found in front of the path. */
static const struct site_language *
language_of(const struct request *request)
{
	for (size_t i = 0; i < used->n_languages; i++)
		if (request->locale == used->languages[i].locale)
			return &used->languages[i];
	return &used->languages[0];
}

const struct locale *
site_locale(const struct request *request)
{
	return language_of(request)->locale;
}

size_t
site_n_languages(void)
{
	return used->n_languages;
}

const char *
site_language_base(size_t index)
{
	assert(index < used->n_languages);
	return used->languages[index].base;
}

const char *
site_base(const struct request *request)
{
	return language_of(request)->base;
}

/* What a form has sent goes with no link. */
static const char *
shown_query(const struct request *request)
{
	return request->method == GET ? request->query : "";
}

static void
link_languages(const struct request *request, const char *path, const char *query, struct site *site)
{
	for (size_t i = 0; i < used->n_languages; i++) {
		const struct site_language *language = &used->languages[i];
		const char                 *plain =
		    arena_format(request->work->arena, "%s%s%s", request->work->config->public_url, language->base, path);

		site->languages[i] = (struct site_link) { language->locale->code, language->locale->name,
			*query == '\0' ? plain : arena_format(request->work->arena, "%s?%s", plain, query), plain };
	}
	site->default_url = site->languages[0].canonical;
}

/* A page of one person, which is not kept for others; nor is what their form is answered with. */
static bool
is_own(const struct request *request)
{
	return request->route != NULL && (request->route->permission != PUBLIC || request->route->guest);
}

struct site
site_of(struct request *request, bool canonical)
{
	const struct config        *config = request->work->config;
	struct arena               *arena = request->work->arena;
	const struct site_language *language = language_of(request);
	struct site                 site = { .style = ASSET_SHOP_CSS,
				.script = ASSET_SHOP_JS,
				.art = ASSET_ART_SVG,
				.icon = ASSET_ICON_SVG,
				.own_style = used->dress->style,
				.logo = used->dress->logo,
				.language = language->locale->code,
				.direction = language->locale->direction,
				.base = language->base,
				.shop = *config->shop.name == '\0' ? config->mail.from_name : config->shop.name,
				.path = request->path,
				.here = arena_format(arena, "%s%s", language->base, request->path),
				.languages = ARENA_ARRAY(arena, used->n_languages, struct site_link),
				.n_languages = used->n_languages };

	if (is_own(request))
		site.form_key = uuid_text(arena, uuid_new());
	if (canonical)
		site.canonical = arena_format(arena, "%s%s%s", config->public_url, language->base, request->path);
	link_languages(request, request->path, shown_query(request), &site);
	return site;
}

void
site_stands_at(const struct request *request, const char *folder, const char *slug, struct site *site)
{
	struct arena *arena = request->work->arena;
	const char   *path = arena_format(arena, "%s%s", folder, percent_encode(arena, slug));

	if (site->canonical != NULL)
		site->canonical = arena_format(arena, "%s%s%s", request->work->config->public_url, site->base, path);
	link_languages(request, path, shown_query(request), site);
}

struct site
site_at(struct request *request, const char *path)
{
	struct site site = site_of(request, false);

	site.path = path;
	site.here = arena_format(request->work->arena, "%s%s", site.base, path);
	link_languages(request, path, shown_query(request), &site);
	return site;
}

struct site
site_without_query(struct request *request)
{
	struct site site = site_of(request, false);

	link_languages(request, request->path, "", &site);
	return site;
}

void
site_print(const struct request *request, enum site_template page, const void *value, struct text *out)
{
	template_print(language_of(request)->templates[page], value, out);
}

/* Which pages the browser may fetch before they are asked for: those that are public, too. */
static void
name_next_pages(struct request *request)
{
	respond_header(request, "Speculation-Rules", "\"" ASSET_NEXT_SPECULATION "\"");
}

const struct problem *
site_respond_kept(struct request *request, const struct stamped_key *key, stamped_maker *make, void *argument)
{
	struct stamped_key page = *key;

	/* With the address as it was asked for, which stands in the page's links: one spelled otherwise is another page. */
	page.name = arena_format(request->work->arena, "html %s %s %s %s?%s", used->version, language_of(request)->locale->code,
	    key->name, request->path, request->query);
	name_next_pages(request);
	return respond_stamped(request, &page, make, argument);
}

const struct problem *
site_respond(struct request *request, stamped_maker *make, void *argument)
{
	struct text html = text_new(request->work->arena, PAGE_ROOM);
	const char *label = "";

	TRY(make(request->work, argument, &html, &label));
	name_next_pages(request);
	respond_header(request, "Cache-Control", "no-cache");
	return respond_text(request, PAGE_TYPE, html.bytes, html.length);
}

const struct problem *
site_respond_own(struct request *request, enum site_template page, const void *value, int status)
{
	struct text html = text_new(request->work->arena, PAGE_ROOM);

	site_print(request, page, value, &html);
	respond_text(request, PAGE_TYPE, html.bytes, html.length);
	request->status = status;
	return OK;
}

const char *
site_address(const struct request *request, const char *path)
{
	return path == NULL ? NULL : arena_format(request->work->arena, "%s%s", site_base(request), path);
}
