#include "base/arena.h"
#include "base/encoding.h"
#include "base/money.h"
#include "sandbox/stripe/stripe.h"

#include <ctype.h>

static void
add_escaped(struct text *page, const char *string)
{
	for (; *string != '\0'; string++)
		switch (*string) {
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
		case '\'':
			TEXT_ADD(page, "&#39;");
			break;
		default:
			text_add_char(page, *string);
		}
}

/* Where the payer goes afterwards: named by the query or form, else when the intent was confirmed; NULL: nowhere. */
static const char *
return_url(const struct call *call, const struct json_object *intent)
{
	const struct json_object *action = json_object_object_get(intent, "next_action");
	const char               *url = form_get(&call->form, "return_url");

	if (url == NULL)
		url = get_text(json_object_object_get(action, "redirect_to_url"), "return_url");
	if (url == NULL || (strncmp(url, "https://", 8) != 0 && strncmp(url, "http://", 7) != 0) ||
	    url[strcspn(url, "\r\n")] != '\0')
		return NULL;
	return url;
}

static void
add_amount(struct text *page, const struct json_object *intent)
{
	struct money money = { .minor = get_integer(intent, "amount") };
	const char  *currency = get_text(intent, "currency");
	char         digits[MONEY_TEXT_SIZE];

	for (size_t i = 0; i < 3; i++)
		money.currency[i] = (char)toupper((unsigned char)currency[i]);
	money_write(money, digits);
	text_addf(page, "%s %s", digits, money.currency);
}

static void
add_button(struct text *page, const char *id, const char *action, const char *label, const char *back)
{
	text_addf(page, "<form method=\"post\" action=\"/pay/%s/%s\">", id, action);
	if (back != NULL) {
		TEXT_ADD(page, "<input type=\"hidden\" name=\"return_url\" value=\"");
		add_escaped(page, back);
		TEXT_ADD(page, "\">");
	}
	text_addf(page, "<button type=\"submit\">%s</button></form>\n", label);
}

static void
answer_page(struct call *call, const struct json_object *intent, const char *back)
{
	const char *id = get_text(intent, "id"), *description = get_text(intent, "description");
	struct text page = text_new(call->arena, 2048);

	TEXT_ADD(&page,
	    "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	    "<title>Sandbox payment</title>\n<style>\n"
	    "body { font: 1.1rem/1.5 sans-serif; max-width: 30rem; margin: 2rem auto; padding: 0 1rem; }\n"
	    "button { font: inherit; width: 100%; padding: .6rem; margin: .3rem 0; }\n"
	    "</style>\n</head>\n<body>\n<main>\n<h1>Sandbox payment</h1>\n<p>No real money moves here.</p>\n<p>");
	add_amount(&page, intent);
	if (description != NULL) {
		TEXT_ADD(&page, " for ");
		add_escaped(&page, description);
	}
	text_addf(&page, "</p>\n<p>%s is <strong>%s</strong>.</p>\n", id, get_text(intent, "status"));
	if (status_is(intent, "requires_payment_method requires_confirmation requires_action processing")) {
		add_button(&page, id, "pay", "Pay", back);
		add_button(&page, id, "fail", "Decline the card", back);
		if (!status_is(intent, "processing"))
			add_button(&page, id, "process", "Pay by bank debit (settles later)", back);
	}
	if (back != NULL)
		add_button(&page, id, "abandon", "Return to the shop without paying", back);
	TEXT_ADD(&page, "</main>\n</body>\n</html>\n");
	call->status = 200;
	call->content_type = "text/html; charset=utf-8";
	call->answer = strdup(page.bytes);
	if (call->answer == NULL)
		abort();
}

void
page_show(struct call *call)
{
	struct json_object *intent = state_find(call->sandbox, TABLE_INTENTS, call->captured[0]);

	if (intent == NULL)
		answer_no_such(call, "payment_intent", call->captured[0]);
	else
		answer_page(call, intent, return_url(call, intent));
}

/* Stripe's word for how it went, as the shop finds it in its return address. */
static const char *
redirect_status(const char *action, const struct json_object *intent)
{
	if (strcmp(action, "abandon") == 0)
		return "canceled";
	if (status_is(intent, "succeeded requires_capture"))
		return "succeeded";
	return status_is(intent, "processing") ? "pending" : "failed";
}

void
page_acts(struct call *call)
{
	const struct json_object *known = state_find(call->sandbox, TABLE_INTENTS, call->captured[0]), *intent;
	const char               *back = known == NULL ? NULL : return_url(call, known);
	struct text               location;

	/* The address is read first: paying clears the intent's next_action. */
	if (back != NULL)
		back = arena_string(call->arena, back);
	intent = payer_act(call, call->captured[1], call->captured[0]);
	if (intent == NULL)
		return;
	answer_page(call, intent, back);
	if (back == NULL)
		return;
	location = text_new(call->arena, 512);
	text_add_string(&location, back);
	text_addf(&location, "%cpayment_intent=%s&redirect_status=%s", strchr(back, '?') == NULL ? '?' : '&',
	    get_text(intent, "id"), redirect_status(call->captured[1], intent));
	call->location = location.bytes;
	call->status = 303;
}
