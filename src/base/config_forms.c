/* The forms of texts that config.c's table asks for: each is read once at start, so plain beats quick. */
#include "base/config_keys.h"

#include "base/money.h"
#include "base/network.h"
#include "base/providers.h"

#include <assert.h>

enum { PARTS_MAX = 5, PART_BYTES = RATE_PART_BYTES, OLD_KEY_SECRET_MIN = 32 };

/* Splits at colons into exactly `count` parts that are not empty. */
static bool
split(const char *text, size_t count, char parts[PARTS_MAX][PART_BYTES])
{
	for (size_t i = 0; i < count; i++) {
		size_t length = strcspn(text, ":");

		if (length == 0 || length >= PART_BYTES || text[length] != (i + 1 < count ? ':' : '\0'))
			return false;
		memcpy(parts[i], text, length);
		parts[i][length] = '\0';
		text += length + 1;
	}
	return true;
}

static bool
is_any(const char *part)
{
	return strcmp(part, "*") == 0;
}

/* Two upper-case letters (ISO 3166), or any. */
static bool
is_country(const char *part)
{
	return is_any(part) || (strlen(part) == 2 && strspn(part, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 2);
}

static bool
is_decimal(const char *part, struct decimal *decimal)
{
	return decimal_parse(part, strlen(part), decimal) && decimal->digits >= 0;
}

/* An amount in the currency's digits; in whole units when it is to hold for any currency. */
static bool
is_amount(const char *part, const char *currency)
{
	struct decimal decimal;
	struct money   money;

	return is_decimal(part, &decimal) && decimal_to_money(decimal, is_any(currency) ? "JPY" : currency, &money);
}

static bool
is_shipping(const char *text)
{
	char parts[PARTS_MAX][PART_BYTES];

	if (!split(text, 5, parts))
		return false;
	return (strcmp(parts[0], "standard") == 0 || strcmp(parts[0], "express") == 0 || strcmp(parts[0], "pickup") == 0) &&
	    is_country(parts[1]) && (is_any(parts[2]) || currency_exponent(parts[2]) >= 0) && is_amount(parts[3], parts[2]) &&
	    is_amount(parts[4], parts[2]);
}

static bool
is_tax(const char *text)
{
	char           parts[PARTS_MAX][PART_BYTES];
	struct decimal percent;

	if (!split(text, 4, parts) || !is_country(parts[1]) || !is_decimal(parts[2], &percent))
		return false;
	for (int scale = 0; scale < percent.scale; scale++)
		percent.digits /= 10;
	return percent.digits <= 100 && (strcmp(parts[3], "inclusive") == 0 || strcmp(parts[3], "exclusive") == 0);
}

/* What stands behind "http://" or "https://"; NULL when the text does not begin so or cannot be a URL. */
static const char *
behind_scheme(const char *text)
{
	const char *host = strncmp(text, "https://", 8) == 0 ? text + 8 : strncmp(text, "http://", 7) == 0 ? text + 7 : NULL;

	if (host == NULL || *host == '\0' || *host == '/' || strpbrk(text, " \"<>\\^`{|}") != NULL)
		return NULL;
	return host;
}

static bool
is_old_key(const char *text)
{
	size_t length = strcspn(text, ":");

	return length > 0 && length <= PART_BYTES && text[length] == ':' && strlen(text + length + 1) >= OLD_KEY_SECRET_MIN;
}

const char *
key_form_fault(enum key_form form, const char *text)
{
	const char    *behind = behind_scheme(text);
	struct network network;

	switch (form) {
	case FORM_BASE_URL:
		return behind != NULL && text[strlen(text) - 1] != '/' && strpbrk(behind, "?#") == NULL
		    ? NULL
		    : "must be a URL with http or https and without a slash at the end";
	case FORM_URL:
		return behind != NULL ? NULL : "must be a URL with http or https";
	case FORM_ORIGIN:
		return behind != NULL && strpbrk(behind, "/?#@") == NULL ? NULL : "must be an origin like https://shop.example";
	case FORM_NETWORK:
		return network_parse(text, &network) ? NULL : "must be an address or a network like 10.0.0.0/8";
	case FORM_CURRENCY:
		return currency_exponent(text) >= 0 ? NULL : "must be codes of ISO 4217";
	case FORM_OLD_KEY:
		return is_old_key(text) ? NULL : "must be a key id, a colon and a secret of at least 32 bytes";
	case FORM_SHIPPING:
		return is_shipping(text) ? NULL : "must be method:country:currency:base:per item";
	case FORM_TAX:
		return is_tax(text) ? NULL : "must be class:country:percent:inclusive or exclusive";
	case FORM_ANY:
		break;
	}
	return NULL;
}

const char *
key_provider(const struct key *key)
{
	static const char section[] = "payments.";
	const char       *rest = key->name + sizeof section - 1;

	assert(strncmp(key->name, section, sizeof section - 1) == 0);
	for (const char *const *name = provider_names; *name != NULL; name++)
		if (strncmp(rest, *name, strlen(*name)) == 0 && rest[strlen(*name)] == '.')
			return *name;
	assert(!"the key stands in no provider's section");
	return NULL;
}
