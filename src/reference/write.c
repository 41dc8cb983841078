#include "reference/reference.h"

#include "base/arena.h"
#include "base/html.h"
#include "base/text.h"
#include "base/write_all.h"
#include "http/route.h"
#include "reference/html.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PAGE_BYTES = 256 * 1024 };

static bool
write_page(const char *path, const struct text *page)
{
	int  fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	bool written;

	if (fd < 0)
		return false;
	written = write_all(fd, page->bytes, page->length);
	return close(fd) == 0 && written;
}

static bool
make_directory(const char *path)
{
	return mkdir(path, 0755) == 0 || errno == EEXIST;
}

static void
print_subject(struct text *page, const struct route_table *table)
{
	struct docs_shapes met = { .count = 0 };

	docs_head(page, table->tag);
	TEXT_ADD(page, "<p>");
	html_add(page, table->description);
	TEXT_ADD(page, "</p>\n<nav class=\"contents\" aria-labelledby=\"contents\">\n<h2 id=\"contents\">Routes</h2>\n<ul>\n");
	for (size_t i = 0; i < table->count; i++) {
		text_addf(page, "<li><a href=\"#%s\">", table->routes[i].id);
		html_add(page, table->routes[i].summary);
		TEXT_ADD(page, "</a></li>\n");
	}
	TEXT_ADD(page, "</ul>\n</nav>\n<h2>Each route</h2>\n");
	for (size_t i = 0; i < table->count; i++)
		docs_add_route(page, &table->routes[i], &met);
	docs_add_objects(page, &met);
	docs_foot(page);
}

/* reference/SUBJECT.html, after the page's address. */
static const char *
file_of(struct arena *arena, const char *directory, const struct route_table *table)
{
	struct text address = text_new(arena, 64);

	docs_add_address(&address, table);
	return arena_format(arena, "%s%s.html", directory, address.bytes + strlen("/docs"));
}

bool
docs_write(struct arena *arena, const char *directory, const char **failed)
{
	struct text page = text_new(arena, PAGE_BYTES);

	*failed = arena_format(arena, "%s/reference", directory);
	if (!make_directory(directory) || !make_directory(*failed))
		return false;
	*failed = arena_format(arena, "%s/reference/index.html", directory);
	docs_add_contents(&page);
	if (!write_page(*failed, &page))
		return false;
	for (const struct route_table *const *table = routes_tables(); *table != NULL; table++) {
		page = text_new(arena, PAGE_BYTES);
		print_subject(&page, *table);
		*failed = file_of(arena, directory, *table);
		if (!write_page(*failed, &page))
			return false;
	}
	return true;
}
