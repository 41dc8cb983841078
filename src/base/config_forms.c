/* The forms of texts that config.c's table asks for: each is read once at start, so plain beats quick. */
#include "base/config_keys.h"

#include "base/country.h"
#include "base/dsn.h"
#include "base/money.h"
#include "base/network.h"
#include "base/providers.h"
#include "base/shape.h"

#include <assert.h>

enum {
	PARTS_MAX = 5,
	PART_BYTES = RATE_PART_BYTES,
	OLD_KEY_SECRET_MIN = 32,
	TAX_CLASS_BYTES = 32,
	DAYS_MAX = 365,
	CARRIER_BYTES_MAX = 64,
	URL_BYTES_MAX = 401
};

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

static bool
is_country(const char *part)
{
	return is_any(part) || country_known(part);
}

static bool
is_decimal(const char *part, struct decimal *decimal)
{
	return decimal_parse(part, strlen(part), decimal) && decimal->digits >= 0;
}

/* An amount in the currency's digits. */
static bool
is_amount(const char *part, const char *currency)
{
	struct decimal decimal;
	struct money   money;

	return is_decimal(part, &decimal) && decimal_to_money(decimal, currency, &money);
}

static bool
is_nothing(const char *part)
{
	struct decimal decimal;

	return is_decimal(part, &decimal) && decimal.digits == 0;
}

static bool
is_percentage(const char *part)
{
	struct decimal percent;
	int64_t        hundred = 100;

	if (!is_decimal(part, &percent))
		return false;
	for (int scale = 0; scale < percent.scale; scale++)
		hundred *= 10;
	return percent.digits <= hundred;
}

static const char country_fault[] = "the country must be an ISO 3166-1 code (GB, not UK) or *";

/* Five dollars are not five yen: only what costs nothing costs the same in any currency. */
static const char *
shipping_fault(const char *text)
{
	char parts[PARTS_MAX][PART_BYTES];

	if (!split(text, 5, parts) ||
	    (strcmp(parts[0], "standard") != 0 && strcmp(parts[0], "express") != 0 && strcmp(parts[0], "pickup") != 0))
		return "must be method:country:currency:base:per item, where method is standard, express or pickup";
	if (!is_country(parts[1]))
		return country_fault;
	if (is_any(parts[2]))
		return is_nothing(parts[3]) && is_nothing(parts[4]) ? NULL : "a currency is required unless both amounts are 0";
	if (currency_exponent(parts[2]) < 0)
		return "the currency must be an ISO 4217 code, or * if both amounts are 0";
	return is_amount(parts[3], parts[2]) && is_amount(parts[4], parts[2])
	    ? NULL
	    : "the amounts must be decimals with at most the currency's digits";
}

static const char *
tax_fault(const char *text)
{
	char parts[PARTS_MAX][PART_BYTES];

	if (!split(text, 4, parts) || (strcmp(parts[3], "inclusive") != 0 && strcmp(parts[3], "exclusive") != 0))
		return "must be class:country:percent:inclusive or exclusive";
	if (!is_any(parts[0]) && (format_fault(FORMAT_SLUG, parts[0]) != NULL || strlen(parts[0]) > TAX_CLASS_BYTES))
		return "the class must be * or at most 32 lower-case letters, digits and single hyphens";
	if (!is_country(parts[1]))
		return country_fault;
	return is_percentage(parts[2]) ? NULL : "the percentage must be a decimal from 0 to 100";
}

static const char *
limit_fault(const char *text)
{
	char parts[PARTS_MAX][PART_BYTES];

	if (!split(text, 3, parts) || currency_exponent(parts[0]) < 0)
		return "must be currency:least:greatest, where the currency is an ISO 4217 code";
	for (int i = 1; i < 3; i++)
		if (strcmp(parts[i], "-") != 0 && !is_amount(parts[i], parts[0]))
			return "the amounts must be decimals with at most the currency's digits, or - for none";
	return NULL;
}

static const char *
column_fault(const char *text)
{
	static const char *const ours[] = { "id:", "reference:", "amount:", "fees:", "currency:", "paid_at:", NULL };

	for (const char *const *name = ours; *name != NULL; name++)
		if (strncmp(text, *name, strlen(*name)) == 0 && text[strlen(*name)] != '\0')
			return NULL;
	return "must be ours:theirs, where ours is id, reference, amount, fees, currency or paid_at";
}

static const char unfit[] = " \"<>\\^`{|}"; /* in a URL */

/* What stands behind "http://" or "https://"; NULL when the text does not begin so or cannot be a URL. */
static const char *
behind_scheme(const char *text)
{
	const char *host = strncmp(text, "https://", 8) == 0 ? text + 8 : strncmp(text, "http://", 7) == 0 ? text + 7 : NULL;

	if (host == NULL || *host == '\0' || *host == '/' || strpbrk(text, unfit) != NULL)
		return NULL;
	return host;
}

static bool
is_days(const char *text)
{
	struct decimal days;

	return is_decimal(text, &days) && days.scale == 0 && days.digits >= 1 && days.digits <= DAYS_MAX;
}

static bool
is_old_key(const char *text)
{
	size_t length = strcspn(text, ":");

	return length > 0 && length <= PART_BYTES && text[length] == ':' && strlen(text + length + 1) >= OLD_KEY_SECRET_MIN;
}

/* What stands before the hole must lead into a host's pages, so that no number can choose another host. */
static bool
is_carrier(const char *text)
{
	static const char hole[] = "{tracking}";
	size_t            name = strcspn(text, ":");
	const char       *url = text + name + 1, *at = strstr(text, hole), *host;
	char              begin[URL_BYTES_MAX];

	if (name == 0 || name > CARRIER_BYTES_MAX || text[name] != ':' || at == NULL || at < url || at - url >= URL_BYTES_MAX)
		return false;
	memcpy(begin, url, (size_t)(at - url));
	begin[at - url] = '\0';
	host = behind_scheme(begin);
	return host != NULL && strncmp(begin, "https:", 6) == 0 && strchr(host, '/') != NULL &&
	    strpbrk(at + strlen(hole), unfit) == NULL && strlen(at) < URL_BYTES_MAX;
}

const char *
key_form_fault(enum key_form form, const char *text)
{
	const char    *behind = behind_scheme(text);
	struct network network;
	struct dsn     dsn;

	switch (form) {
	case FORM_BASE_URL:
		return behind != NULL && text[strlen(text) - 1] != '/' && strpbrk(behind, "?#") == NULL
		    ? NULL
		    : "must be an http or https URL without a trailing slash";
	case FORM_URL:
		return behind != NULL ? NULL : "must be an http or https URL";
	case FORM_ORIGIN:
		return behind != NULL && strpbrk(behind, "/?#@") == NULL ? NULL : "must be an origin like https://shop.example";
	case FORM_NETWORK:
		return network_parse(text, &network) ? NULL : "must be an address or a network like 10.0.0.0/8";
	case FORM_CURRENCY:
		return currency_exponent(text) >= 0 ? NULL : "must be ISO 4217 codes";
	case FORM_OLD_KEY:
		return is_old_key(text) ? NULL : "must be a key id, a colon and a secret of at least 32 bytes";
	case FORM_SHIPPING:
		return shipping_fault(text);
	case FORM_HEADER:
		return text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-")] == '\0'
		    ? NULL
		    : "must be the name of a header";
	case FORM_LIMIT:
		return limit_fault(text);
	case FORM_HOST:
		return text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.:-")] == '\0'
		    ? NULL
		    : "must be the name or address of a host";
	case FORM_EMAIL:
		return format_fault(FORMAT_EMAIL, text) == NULL ? NULL : "must be an e-mail address";
	case FORM_DAYS:
		return is_days(text) ? NULL : "must be days from 1 to 365";
	case FORM_ZONE:
		return zone_known(text) ? NULL : "must be a time zone of /usr/share/zoneinfo, such as Asia/Kolkata";
	case FORM_COLUMN:
		return column_fault(text);
	case FORM_CARRIER:
		return is_carrier(text) ? NULL : "must be a name, a colon and an https URL with {tracking} once, behind its host";
	case FORM_COLLECTOR:
		return behind != NULL && strpbrk(behind, "@?#") == NULL
		    ? NULL
		    : "must be an http or https URL without user, query and fragment";
	case FORM_DSN:
		return dsn_parse(text, &dsn) ? NULL : "must be a DSN like https://key@host/project";
	case FORM_TAX:
		return tax_fault(text);
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
