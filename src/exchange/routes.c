/* The routes of currencies and rates. */
#include "exchange/exchange.h"

#include "base/arena.h"
#include "base/text.h"
#include "exchange/rates.h"
#include "http/request.h"
#include "store/stamped.h"
#include "store/work.h"

#include <string.h>

struct rates_query {
	const char *day;
};

static const struct member rates_query_members[] = {
	M_TEXT(struct rates_query, day, "date", DAY_LENGTH, .example = "\"2026-01-02\"",
	    .description = "The rates in force on this day; by default the newest."),
};
SHAPE(struct rates_query, rates_query_shape, "RatesQuery", rates_query_members);

struct rate_list {
	const char           *base;
	struct exchange_rate *rates;
	size_t                n_rates;
};

static const struct member rate_list_members[] = {
	M_TEXT(struct rate_list, base, "base", 3, .required = true, .example = "\"EUR\""),
	M_ARRAY(struct rate_list, rates, n_rates, "results", exchange_rate_shape, CURRENCIES_MAX),
};
SHAPE(struct rate_list, rate_list_shape, "RateList", rate_list_members);

struct currency {
	const char *code, *rate, *day;
	int64_t     digits;
};

static const struct member currency_members[] = {
	M_TEXT(struct currency, code, "code", 3, .required = true, .example = "\"JPY\""),
	M_INTEGER(struct currency, digits, "digits", 0, 4, .example = "0", .description = "Decimal places of its amounts."),
	M_TEXT(struct currency, rate, "rate", 16, .example = "\"171.42\"",
	    .description = "What one unit of the base costs; null: no price can be shown in it but those of its own."),
	M_TEXT(struct currency, day, "rate_date", DAY_LENGTH, .example = "\"2026-01-02\""),
};
SHAPE(struct currency, currency_shape, "Currency", currency_members);

struct currency_list {
	const char      *base;
	struct currency *currencies;
	size_t           n_currencies;
};

static const struct member currency_list_members[] = {
	M_TEXT(struct currency_list, base, "base", 3, .required = true, .example = "\"EUR\""),
	M_ARRAY(struct currency_list, currencies, n_currencies, "results", currency_shape, CURRENCIES_MAX),
};
SHAPE(struct currency_list, currency_list_shape, "CurrencyList", currency_list_members);

static const struct problem *
handle_list_rates(struct request *request)
{
	const char      *day = QUERY(request, struct rates_query)->day;
	struct rate_list answer = { .base = RATES_BASE };

	if (day != NULL && !day_is_valid(day))
		return problem_at(request->work->arena, PROBLEM_VALIDATION_FAILED, "date", "must be a day like 2026-01-02");
	TRY(rates_in_force(request->work, day, &answer.rates, &answer.n_rates));
	return respond(request, &answer);
}

static const struct problem *
handle_type_rate(struct request *request)
{
	struct exchange_rate *rate;

	TRY(type_rate(request->work, BODY(request, struct rate_body), &rate));
	return respond(request, rate);
}

static void
add_rate(struct currency *currency, const struct exchange_rate *rates, size_t count)
{
	if (strcmp(currency->code, RATES_BASE) == 0)
		currency->rate = "1";
	for (size_t i = 0; i < count; i++)
		if (strcmp(rates[i].currency, currency->code) == 0) {
			currency->rate = rates[i].rate;
			currency->day = rates[i].day;
		}
}

static const struct problem *
make_currencies(struct work *work, void *argument, struct text *into, const char **label)
{
	struct currency_list  answer = { .base = RATES_BASE,
		 .currencies = ARENA_ARRAY(work->arena, CURRENCIES_MAX, struct currency) };
	struct exchange_rate *rates;
	char                  code[4] = "";
	size_t                count;

	(void)argument, (void)label;
	TRY(rates_in_force(work, NULL, &rates, &count));
	while (currency_next(code)) {
		struct currency *currency = &answer.currencies[answer.n_currencies++];

		currency->code = arena_string(work->arena, code);
		currency->digits = currency_exponent(code);
		add_rate(currency, rates, count);
	}
	shape_print(&currency_list_shape, &answer, into);
	return OK;
}

static const struct problem *
handle_list_currencies(struct request *request)
{
	const struct stamped_key key = { .name = "currencies", .stamps = { RATES_STAMP }, .n_stamps = 1 };

	return respond_stamped(request, &key, make_currencies, NULL);
}

static const struct route routes[] = {
	{ GET, "/currencies", .id = "listCurrencies", .tagged = true, .permission = PUBLIC,
	    .answer = { 200, &currency_list_shape }, .summary = "List currencies, and what they cost",
	    .handler = handle_list_currencies },
	{ GET, "/rates", .id = "listRates", .permission = PUBLIC, .query = &rates_query_shape,
	    .answer = { 200, &rate_list_shape }, .summary = "List the exchange rates in force",
	    .description =
		"Each currency's newest.  Those of files only while files have them: at most 30 days before the newest file.",
	    .handler = handle_list_rates },
	{ POST, "/rates", .id = "typeRate", .permission = PERMISSION(REPORT_FINANCE), .writes = WRITES_DATABASE,
	    .body = &rate_body_shape, .answer = { 201, &exchange_rate_shape }, .summary = "Set a currency's rate of a day",
	    .description = "It replaces the day's rate, if there is one, and no file replaces it.", .handler = handle_type_rate },
};
ROUTE_TABLE(rate_table, "Rates", "Currencies, and exchange rates as a guide: the sale is in its merchant's currency.", routes);
