#include "exchange/display.h"

#include "base/arena.h"
#include "exchange/rates.h"
#include "store/work.h"

#include <string.h>

static const struct member display_query_members[] = {
	M_DISPLAY_CURRENCY(struct display_query),
};
SHAPE_SHARED(struct display_query, display_query_shape, "DisplayQuery", display_query_members);

const struct problem *
display_open_on(struct work *work, const char *currency, const char *day, struct display *display)
{
	*display = (struct display) { .arena = work->arena, .currency = currency };
	return currency == NULL ? OK : rates_in_force(work, day, &display->rates, &display->count);
}

const struct problem *
display_open(struct work *work, const char *currency, struct display *display)
{
	return display_open_on(work, currency, NULL, display);
}

/* In millionths of what one unit of the base costs; 0: there is none. */
static int64_t
rate_of(const struct display *display, const char *currency)
{
	struct decimal decimal;
	int64_t        millionths;

	if (strcmp(currency, RATES_BASE) == 0)
		return 1000000;
	for (size_t i = 0; i < display->count; i++)
		if (strcmp(display->rates[i].currency, currency) == 0 &&
		    decimal_parse(display->rates[i].rate, strlen(display->rates[i].rate), &decimal) &&
		    rate_millionths(decimal, &millionths))
			return millionths;
	return 0;
}

struct money *
display_price(const struct display *display, struct money price)
{
	struct money *shown;

	if (display->currency == NULL)
		return NULL;
	shown = ARENA_NEW(display->arena, struct money);
	if (strcmp(price.currency, display->currency) == 0)
		*shown = price;
	else
		money_convert(
		    price, rate_of(display, price.currency), rate_of(display, display->currency), display->currency, shown);
	return shown;
}
