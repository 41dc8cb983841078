#include "base/providers.h"

#include <stddef.h>

const char *const provider_names[PROVIDER__COUNT + 1] = {
#define PROVIDER_NAME_(NUMBER, name) [PROVIDER_##NUMBER] = #name,
	PROVIDERS(PROVIDER_NAME_)
#undef PROVIDER_NAME_
};

const char *const sender_label_names[PROVIDER__COUNT + 2] = {
#define PROVIDER_NAME_(NUMBER, name) [PROVIDER_##NUMBER] = #name,
	PROVIDERS(PROVIDER_NAME_)
#undef PROVIDER_NAME_
	    [PROVIDER__COUNT] = "payment"
};

/* Units of account, and what Stripe's list of currencies lacks for law's or its own sake. */
const char *const stripe_never_takes[] = { "BOV", "CHE", "CHW", "CLF", "COU", "CUP", "IQD", "IRR", "KPW", "LYD", "MXV", "SYP",
	"USN", "UYI", "UYW", NULL };

/* Some of them from accounts of their own country only. */
const char *const paypal_takes[] = { "AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "ILS", "JPY",
	"MXN", "MYR", "NOK", "NZD", "PHP", "PLN", "SEK", "SGD", "THB", "TWD", "USD", NULL };
