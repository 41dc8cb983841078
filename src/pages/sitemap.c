/*
 * What search engines read first: which addresses there are, and which they shall leave alone.
 *
 * A part has each address in every language.  That these are one page the pages say themselves (hreflang): here it would be a
 * line for each language at each address, beyond what a part may weigh.
 */
#include "pages/site.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "base/locale.h"
#include "catalog/shown.h"
#include "catalog/sitemap.h"
#include "pages/pages.h"

#define XML_TYPE "application/xml; charset=utf-8"
#define XML_HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define XML_NAMES "xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\""

enum { FLUSH_BYTES = 64 * 1024 };

static const char *const kind_values[] = { "categories", "products", "shops", NULL };

/* How many things a part names, each in every language. */
static int64_t
things_of_part(const struct config *config)
{
	const int64_t things = config->pages.sitemap_urls / (int64_t)site_n_languages();

	return things > 0 ? things : 1;
}

/* ---- the parts ---- */

static void
add_part(const struct config *config, const char *kind, struct uuid after, struct text *out)
{
	text_addf(out, "<sitemap><loc>%s/sitemap/%s", config->public_url, kind);
	if (!uuid_is_nil(after))
		text_addf(out, "?after=%s", uuid_text(out->arena, after));
	TEXT_ADD(out, "</loc></sitemap>\n");
}

static const struct problem *
make_index(struct work *work, void *argument, struct text *out, const char **label)
{
	(void)argument, (void)label;
	TEXT_ADD(out, XML_HEAD "<sitemapindex " XML_NAMES ">\n");
	for (int kind = 0; kind < SITEMAP_KINDS; kind++) {
		struct uuid after = { { 0 } };

		for (bool more = true; more;) {
			add_part(work->config, kind_values[kind], after, out);
			TRY(next_in_sitemap(work, (enum sitemap_kind)kind, after, things_of_part(work->config), &after, &more));
		}
	}
	TEXT_ADD(out, "</sitemapindex>\n");
	return OK;
}

static const struct problem *
show_index(struct request *request)
{
	struct stamped_key key;

	shown_page_key(request->work, "sitemap", NULL, false, &key);
	return respond_stamped(request, &key, make_index, NULL);
}

/* ---- a part ---- */

struct part {
	struct request *request;
	struct text    *out;
	const char     *kind;
	bool            broken_off;
};

/* One thing in every language. */
static const struct problem *
add_entry(void *row, void *argument)
{
	const struct sitemap_entry *entry = row;
	struct part                *part = argument;
	struct arena               *arena = part->request->work->arena;
	const char                 *slug = percent_encode(arena, entry->slug);
	char                        time[INSTANT_TEXT_SIZE];

	instant_write(entry->updated_at, time);
	for (size_t i = 0; i < site_n_languages(); i++)
		text_addf(part->out, "<url><loc>%s%s/%s/%s</loc><lastmod>%s</lastmod></url>\n",
		    part->request->work->config->public_url, site_language_base(i), part->kind, slug, time);
	if (part->out->length > FLUSH_BYTES && !part->broken_off)
		part->broken_off = !stream_flush(part->request);
	return OK;
}

static void
add_homes(const struct config *config, struct text *out)
{
	for (size_t i = 0; i < site_n_languages(); i++)
		text_addf(out, "<url><loc>%s%s/</loc></url>\n", config->public_url, site_language_base(i));
}

struct part_query {
	struct uuid *after;
};

static const struct member part_query_members[] = {
	M_ID(struct part_query, after, "after", .description = "The last thing of the part before, as the index has it."),
};
SHAPE(struct part_query, part_query_shape, "SitemapPart", part_query_members);

static const struct problem *
show_part(struct request *request)
{
	const struct uuid *after = QUERY(request, struct part_query)->after;
	const char        *name = path_text(request, "kind");
	const int          kind = name == NULL ? -1 : value_index(kind_values, name);
	struct part        part = { .request = request };
	struct uuid        first = { { 0 } };

	if (kind < 0)
		return problem(NOT_FOUND, "there is no such part");
	part.kind = kind_values[kind];
	part.out = stream_begin(request, XML_TYPE);
	text_reserve(part.out, 2 * FLUSH_BYTES);
	TEXT_ADD(part.out, XML_HEAD "<urlset " XML_NAMES ">\n");
	if (kind == SITEMAP_CATEGORIES && after == NULL)
		add_homes(request->work->config, part.out);
	TRY(each_in_sitemap(request->work, (enum sitemap_kind)kind, after == NULL ? first : *after,
	    things_of_part(request->work->config), add_entry, &part));
	TEXT_ADD(part.out, "</urlset>\n");
	stream_flush(request);
	return OK;
}

/* ---- what is left alone ---- */

/* People's own pages, what only programs read, and lists of what was asked for, which have no end. */
static const char *const private_paths[] = { "/account", "/cart", "/checkout", "/orders", "/pay/", "/register", "/reset",
	"/search", "/signin", "/verify", "/wishlist", NULL };

static const struct problem *
show_robots(struct request *request)
{
	struct text text = text_new(request->work->arena, 2048);

	TEXT_ADD(&text, "User-agent: *\nDisallow: /api/\nDisallow: /console\nDisallow: /live\n");
	for (size_t i = 0; i < site_n_languages(); i++)
		for (size_t path = 0; private_paths[path] != NULL; path++)
			text_addf(&text, "Disallow: %s%s\n", site_language_base(i), private_paths[path]);
	text_addf(&text, "\nSitemap: %s/sitemap.xml\n", request->work->config->public_url);
	respond_header(request, "Cache-Control", "public, max-age=3600");
	return respond_text(request, "text/plain; charset=utf-8", text.bytes, text.length);
}

static const struct route sitemap_routes[] = {
	{ GET, "/robots.txt", .id = "showRobots", .permission = PUBLIC, .outside = true, .answer = { 200, NULL },
	    .answer_type = "text/plain", .summary = "What search engines shall leave alone", .handler = show_robots },
	{ GET, "/sitemap.xml", .id = "showSitemap", .permission = PUBLIC, .pool = POOL_BULK, .outside = true, .tagged = true,
	    .answer = { 200, NULL }, .answer_type = XML_TYPE, .summary = "The parts of the sitemap",
	    .description = "Each has at most as many addresses as pages.sitemap_urls says.", .handler = show_index },
	{ GET, "/sitemap/{kind}", .id = "showSitemapPart", .permission = PUBLIC, .pool = POOL_BULK, .sends = SENDS_STREAM,
	    .outside = true, .query = &part_query_shape, .answer = { 200, NULL }, .answer_type = XML_TYPE,
	    .errors = ERRORS(NOT_FOUND), .summary = "A part of the sitemap: public pages, in every language",
	    .handler = show_part },
};
ROUTE_TABLE(sitemap_table, "Search engines", "What they read before the pages.", sitemap_routes);
