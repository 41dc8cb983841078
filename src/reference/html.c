#include "reference/html.h"

#include "base/html.h"
#include "base/text.h"
#include "http/route.h"
#include "pages/assets.h"

#include <ctype.h>

void
docs_add_code(struct text *page, const char *string)
{
	TEXT_ADD(page, "<code>");
	html_add(page, string);
	TEXT_ADD(page, "</code>");
}

void
docs_head(struct text *page, const char *title)
{
	TEXT_ADD(page,
	    "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	    "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
	html_add(page, title);
	TEXT_ADD(page,
	    " – haat API</title>\n<link rel=\"icon\" href=\"/favicon.ico\">\n"
	    "<link rel=\"stylesheet\" href=\"" ASSET_REFERENCE_CSS "\">\n</head>\n<body>\n"
	    "<a class=\"skip\" href=\"#main\">Skip to the content</a>\n"
	    "<header>\n<a class=\"home\" href=\"/docs/reference\">haat API " PACKAGE_VERSION
	    "</a>\n<nav aria-label=\"Forms of the document\">\n"
	    "<a href=\"/docs/reference\">Reference</a>\n<a href=\"/docs\">Try it</a>\n"
	    "<a href=\"/api/v1/openapi.json\">OpenAPI</a>\n<a href=\"/api/v1/postman.json\">Postman</a>\n</nav>\n</header>\n<main id=\"main\" tabindex=\"-1\">\n<h1>");
	html_add(page, title);
	TEXT_ADD(page, "</h1>\n");
}

void
docs_foot(struct text *page)
{
	TEXT_ADD(page, "</main>\n</body>\n</html>\n");
}

void
docs_add_address(struct text *page, const struct route_table *table)
{
	TEXT_ADD(page, "/docs/reference/");
	for (const char *c = table->tag; *c != '\0'; c++)
		text_add_char(page, isalnum((unsigned char)*c) ? (char)tolower((unsigned char)*c) : '-');
}

void
docs_add_call(struct text *page, const struct route *route)
{
	text_addf(page, "<span class=\"method %s\">%s</span> <code>%s", method_values[route->method],
	    method_values[route->method], route->outside ? "" : "/api/v1");
	html_add(page, !route->outside && strcmp(route->path, "/") == 0 ? "" : route->path);
	TEXT_ADD(page, "</code>");
}
