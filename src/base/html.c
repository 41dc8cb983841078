#include "base/html.h"

#include "base/text.h"

#include <string.h>

void
html_add_bytes(struct text *page, const char *bytes, size_t length)
{
	const char *end = bytes + length;

	while (bytes < end) {
		size_t plain = strcspn(bytes, "&<>\"'");

		if (plain > (size_t)(end - bytes))
			plain = (size_t)(end - bytes);
		text_add(page, bytes, plain);
		bytes += plain;
		if (bytes == end)
			return;
		switch (*bytes++) {
		case '&':
			TEXT_ADD(page, "&amp;");
			break;
		case '<':
			TEXT_ADD(page, "&lt;");
			break;
		case '>':
			TEXT_ADD(page, "&gt;");
			break;
		case '"':
			TEXT_ADD(page, "&quot;");
			break;
		default:
			TEXT_ADD(page, "&#39;");
		}
	}
}

void
html_add(struct text *page, const char *string)
{
	html_add_bytes(page, string, strlen(string));
}
