/* What the payment page shows of a link. */
#include "pages/pay_page.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "base/ids.h"
#include "base/text.h"
#include "payments/provider.h"
#include "payments/return_url.h"

static const struct member choice_members[] = {
	M_TEXT(struct pay_choice, name, "name", 32),
	M_TEXT(struct pay_choice, title, "title", 64),
};
SHAPE(struct pay_choice, choice_shape, "PayChoice", choice_members);

static const char *const state_values[] = { "open", "again", "processing", "paid", "refunded", "cancelled", "expired", "closed",
	NULL };
static const char *const says_values[] = { "choose", "choose_again", "wait", "thanks", "refunded", "cancelled", "expired",
	"closed", "partly_refunded", "nobody_takes_it", "complete", "complete_or_choose", NULL };
static const char *const notice_values[] = { "none", "unavailable", "refused", "unsupported", "under_way", "not_accepted",
	"declines", "attempts", NULL };

static const struct member pay_page_members[] = {
	M_SITE(struct pay_page),
	M_ENUM(struct pay_page, state, "pay", state_values),
	M_ENUM(struct pay_page, says, "pay_says", says_values),
	M_TEXT(struct pay_page, reference, "reference", 20),
	M_TEXT(struct pay_page, payee, "payee", 150),
	M_MONEY(struct pay_page, amount, "amount"),
	M_BOOLEAN(struct pay_page, waits, "waits"),
	M_BOOLEAN(struct pay_page, done, "done"),
	M_ENUM(struct pay_page, notice, "pay_notice", notice_values),
	M_OBJECT(struct pay_page, current, "current", choice_shape),
	M_TEXT(struct pay_page, current_url, "current_url", 2048),
	M_TEXT(struct pay_page, script_url, "script_url", 2048),
	M_TEXT(struct pay_page, nonce, "nonce", 22),
	M_MAP(struct pay_page, settings, "settings", 20),
	M_ARRAY(struct pay_page, choices, n_choices, "choices", choice_shape, PROVIDER__COUNT),
	M_TEXT(struct pay_page, back, "back", 2048),
};
SHAPE_SHARED(struct pay_page, pay_page_shape, "PayPage", pay_page_members);

static const struct {
	int           status;
	enum pay_says says;
} states[] = {
	[PAY_OPEN] = { 200, SAYS_CHOOSE },
	[PAY_AGAIN] = { 200, SAYS_CHOOSE_AGAIN },
	[PAY_PROCESSING] = { 200, SAYS_WAIT },
	[PAY_PAID] = { 200, SAYS_THANKS },
	[PAY_REFUNDED] = { 200, SAYS_REFUNDED },
	[PAY_CANCELLED] = { 410, SAYS_CANCELLED },
	[PAY_EXPIRED] = { 410, SAYS_EXPIRED },
	[PAY_CLOSED] = { 410, SAYS_CLOSED },
};

int
pay_state_status(enum pay_state state)
{
	return states[state].status;
}

enum pay_state
pay_state_of(const struct payment_link *link)
{
	const struct payment *attempt = link->attempt;

	if (attempt != NULL && payment_has_money(attempt))
		return attempt->status == PAYMENT_REFUNDED ? PAY_REFUNDED : PAY_PAID;
	if (attempt != NULL && collected_by_carrier(attempt) && link->state != LINK_PAYABLE)
		return link->state == LINK_CANCELLED ? PAY_CANCELLED : PAY_CLOSED;
	if (attempt != NULL && (attempt->status == PAYMENT_PROCESSING || attempt->hold_reason != NULL))
		return PAY_PROCESSING;
	switch (link->state) {
	case LINK_CANCELLED:
		return PAY_CANCELLED;
	case LINK_EXPIRED:
		return PAY_EXPIRED;
	case LINK_CLOSED:
		return PAY_CLOSED;
	case LINK_PAYABLE:
		break;
	}
	return attempt != NULL && attempt->status >= PAYMENT_FAILED ? PAY_AGAIN : PAY_OPEN;
}

bool
pay_page_offers(struct work *work, const struct payment_link *link, const struct provider *provider)
{
	return provider != NULL && provider->collects == COLLECTED_BY_PROVIDER &&
	    provider_takes(work->config, provider, link->amount, NULL) == OK &&
	    (link->provider == NULL || strcmp(link->provider, provider->name) == 0) &&
	    (provider->page == NULL || provider->page->script_url(work, link->amount) != NULL);
}

/* The provider of the attempt that the payer has to act on. */
static const struct provider *
current_provider(struct work *work, const struct payment_link *link)
{
	const struct payment  *attempt = link->attempt;
	const struct provider *provider;

	if (link->state != LINK_PAYABLE || attempt == NULL || attempt->status > PAYMENT_REQUIRES_ACTION ||
	    attempt->hold_reason != NULL || attempt->transaction_id == NULL)
		return NULL;
	provider = provider_enabled(work->config, attempt->provider);
	return pay_page_offers(work, link, provider) ? provider : NULL;
}

const struct provider *
pay_page_script_provider(struct work *work, const struct payment_link *link)
{
	const struct provider *provider = current_provider(work, link);

	return provider != NULL && provider->page != NULL ? provider : NULL;
}

static struct pay_choice
choice_of(const struct provider *provider)
{
	return (struct pay_choice) { provider->name, provider->title };
}

/* In the order of the settings; not the one that the payer is about to use. */
static void
fill_choices(struct work *work, const struct payment_link *link, const struct provider *current, struct pay_page *page)
{
	const char *const *names = work->config->payments.providers;

	page->choices = ARENA_ARRAY(work->arena, PROVIDER__COUNT, struct pay_choice);
	for (; *names != NULL && page->n_choices < PROVIDER__COUNT; names++) {
		const struct provider *provider = provider_known(*names);

		if (provider != current && pay_page_offers(work, link, provider))
			page->choices[page->n_choices++] = choice_of(provider);
	}
}

static const char *
new_nonce(struct arena *arena)
{
	unsigned char bytes[16];

	random_bytes(bytes, sizeof bytes);
	return base64url_encode(arena, bytes, sizeof bytes);
}

static void
fill_script(struct work *work, const struct payment_link *link, const struct provider *provider, struct pay_page *page)
{
	struct text settings = text_new(work->arena, 512);

	page->script_url = provider->page->script_url(work, link->amount);
	if (provider->page->inline_script)
		page->nonce = new_nonce(work->arena);
	text_add_char(&settings, '{');
	provider->page->add_settings(work, link->attempt, &settings);
	TEXT_ADD(&settings, "\"provider\":");
	text_add_json(&settings, provider->name);
	TEXT_ADD(&settings, ",\"payee\":");
	text_add_json(&settings, link->payee);
	TEXT_ADD(&settings, ",\"back\":");
	text_add_json(
	    &settings, arena_format(work->arena, "%s/api/v1/payments/return/%s", work->config->public_url, provider->name));
	text_add_char(&settings, '}');
	page->settings = settings.bytes;
}

void
pay_page_fill(struct work *work, const struct payment_link *link, struct pay_page *page)
{
	const enum pay_state   state = pay_state_of(link);
	const struct provider *current = current_provider(work, link);

	*page = (struct pay_page) {
		.state = (int)state,
		.says = (int)states[state].says,
		.reference = link->reference,
		.payee = link->payee,
		.amount = link->amount,
		.waits = state == PAY_PROCESSING,
		.done = state == PAY_PAID,
		.back = state == PAY_PAID ? pay_page_back(work, link) : NULL,
	};
	if (state == PAY_PAID && link->attempt->status == PAYMENT_PARTIALLY_REFUNDED)
		page->says = SAYS_PARTLY_REFUNDED;
	if (state == PAY_OPEN || state == PAY_AGAIN)
		fill_choices(work, link, current, page);
	if (current == NULL) {
		if ((state == PAY_OPEN || state == PAY_AGAIN) && page->n_choices == 0)
			page->says = SAYS_NOBODY_TAKES_IT;
		return;
	}
	page->current = ARENA_NEW(work->arena, struct pay_choice);
	*page->current = choice_of(current);
	page->current_url = link->attempt->redirect_url;
	page->says = page->n_choices > 0 ? SAYS_COMPLETE_OR_CHOOSE : SAYS_COMPLETE;
	if (current->page != NULL)
		fill_script(work, link, current, page);
}

const char *
pay_page_back(struct work *work, const struct payment_link *link)
{
	if (link->return_url == NULL || link->attempt == NULL)
		return NULL;
	return return_url_with(
	    work->arena, link->return_url, "reference", link->reference, payment_status_values[link->attempt->status]);
}
