#include "sandbox/page.h"

#include "base/arena.h"
#include "base/html.h"

static void
add_button(struct text *html, const struct pay_page *page, const struct pay_button *button)
{
	TEXT_ADD(html, "<form method=\"post\" action=\"");
	html_add(html, page->path);
	text_addf(html, "/%s\">", button->act);
	if (page->return_url != NULL) {
		TEXT_ADD(html, "<input type=\"hidden\" name=\"return_url\" value=\"");
		html_add(html, page->return_url);
		TEXT_ADD(html, "\">");
	}
	text_addf(html, "<button type=\"submit\">%s</button></form>\n", button->label);
}

void
page_answer_text(struct call *call, const char *type, const char *text)
{
	free(call->answer);
	call->status = 200;
	call->content_type = type;
	call->answer = strdup(text);
	if (call->answer == NULL)
		abort();
}

void
page_answer(struct call *call, const struct pay_page *page)
{
	struct text html = text_new(call->arena, 2048);
	char        digits[MONEY_TEXT_SIZE];

	TEXT_ADD(&html,
	    "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	    "<title>Sandbox payment</title>\n<style>\n"
	    "body { font: 1.1rem/1.5 sans-serif; max-width: 30rem; margin: 2rem auto; padding: 0 1rem; }\n"
	    "button { font: inherit; width: 100%; padding: .6rem; margin: .3rem 0; }\n"
	    "</style>\n</head>\n<body>\n<main>\n<h1>Sandbox payment</h1>\n<p>No real money moves here.</p>\n<p>");
	if (*page->amount.currency != '\0') {
		money_write(page->amount, digits);
		text_addf(&html, "%s %s", digits, page->amount.currency);
	}
	if (page->description != NULL) {
		text_add_string(&html, *page->amount.currency != '\0' ? " for " : "");
		html_add(&html, page->description);
	}
	TEXT_ADD(&html, "</p>\n<p>");
	html_add(&html, page->id);
	TEXT_ADD(&html, " is <strong>");
	html_add(&html, page->status);
	TEXT_ADD(&html, "</strong>.</p>\n");
	for (const struct pay_button *button = page->buttons; button->act != NULL; button++)
		add_button(&html, page, button);
	TEXT_ADD(&html, "</main>\n</body>\n</html>\n");
	page_answer_text(call, "text/html; charset=utf-8", html.bytes);
}

void
script_answer(struct call *call, const char *javascript)
{
	page_answer_text(call, "text/javascript; charset=utf-8", javascript);
}

const char *
page_return_url(const struct call *call, const char *known)
{
	const char *url = form_get(&call->form, "return_url");

	if (url == NULL)
		url = known;
	if (url == NULL || (strncmp(url, "https://", 8) != 0 && strncmp(url, "http://", 7) != 0) ||
	    url[strcspn(url, "\r\n")] != '\0')
		return NULL;
	return arena_string(call->arena, url);
}

void
page_leave(struct call *call, const char *url, const char *parameters)
{
	struct text location = text_new(call->arena, 512);

	text_add_string(&location, url);
	text_add_char(&location, strchr(url, '?') == NULL ? '?' : '&');
	text_add_string(&location, parameters);
	call->location = location.bytes;
	call->status = 303;
}
