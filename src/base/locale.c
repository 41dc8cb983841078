#include "base/locale.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define WESTERN_DIGITS \
	{ \
		"0", "1", "2", "3", "4", "5", "6", "7", "8", "9" \
	}
#define NO_BREAK_SPACE "\u00a0"

#define ENGLISH \
	.digits = WESTERN_DIGITS, .column = 0, .date = "M d, y", .halves = { "AM", "PM" }, \
	.months = { "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", \
		"November", "December" }, \
	.short_months = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" }

const char *const plural_names[] = { "one", "other", NULL };

static const struct locale locales[] = {
	{ .code = "en", .name = "English", .direction = "ltr", ENGLISH },
	{ .code = "bn",
	    .name = "বাংলা",
	    .direction = "ltr",
	    .digits = { "০", "১", "২", "৩", "৪", "৫", "৬", "৭", "৮", "৯" },
	    .lakh = true,
	    .symbol_behind = true,
	    .none_is_one = true,
	    .column = 1,
	    .months = { "জানুয়ারি", "ফেব্রুয়ারি", "মার্চ", "এপ্রিল", "মে", "জুন", "জুলাই", "আগস্ট", "সেপ্টেম্বর", "অক্টোবর", "নভেম্বর",
		"ডিসেম্বর" },
	    .short_months = { "জানু", "ফেব", "মার্চ", "এপ্রি", "মে", "জুন", "জুল", "আগ", "সেপ", "অক্টো", "নভে", "ডিসে" },
	    .date = "d M, y",
	    .halves = { "AM", "PM" } },
	{ .code = "hi",
	    .name = "हिन्दी",
	    .direction = "ltr",
	    .digits = WESTERN_DIGITS,
	    .lakh = true,
	    .none_is_one = true,
	    .column = 2,
	    .months = { "जनवरी", "फ़रवरी", "मार्च", "अप्रैल", "मई", "जून", "जुलाई", "अगस्त", "सितंबर", "अक्टूबर", "नवंबर", "दिसंबर" },
	    .short_months = { "जन॰", "फ़र॰", "मार्च", "अप्रैल", "मई", "जून", "जुल॰", "अग॰", "सित॰", "अक्टू॰", "नव॰", "दिस॰" },
	    .date = "d M y",
	    .halves = { "am", "pm" } },
	/* For tests of the pages: English in disguise, longer, and from right to left (the names are Unicode's private ones). */
	{ .code = "en-XA", .name = "Ƥşḗŭḓǿ", .base = "en", .direction = "ltr", ENGLISH },
	{ .code = "ar-XB", .name = "ƎsɹǝʌǝЯ", .base = "en", .direction = "rtl", ENGLISH },
};

/* What is written for a currency where it is not its code: in English, Bengali, Hindi. */
static const struct symbol {
	const char *currency, *written[3];
} symbols[] = {
	{ "AUD", { "A$", "A$", "A$" } },
	{ "BDT", { "BDT", "৳", "BDT" } },
	{ "BRL", { "R$", "R$", "R$" } },
	{ "CAD", { "CA$", "CA$", "CA$" } },
	{ "CNY", { "CN¥", "CN¥", "CN¥" } },
	{ "EUR", { "€", "€", "€" } },
	{ "GBP", { "£", "£", "£" } },
	{ "HKD", { "HK$", "HK$", "HK$" } },
	{ "ILS", { "₪", "₪", "₪" } },
	{ "INR", { "₹", "₹", "₹" } },
	{ "JPY", { "¥", "JP¥", "JP¥" } },
	{ "KRW", { "₩", "₩", "₩" } },
	{ "MXN", { "MX$", "MX$", "MX$" } },
	{ "NZD", { "NZ$", "NZ$", "NZ$" } },
	{ "PHP", { "₱", "PHP", "PHP" } },
	{ "THB", { "THB", "฿", "฿" } },
	{ "TWD", { "NT$", "NT$", "NT$" } },
	{ "USD", { "$", "US$", "$" } },
	{ "VND", { "₫", "₫", "₫" } },
	{ "XAF", { "FCFA", "FCFA", "FCFA" } },
	{ "XCD", { "EC$", "EC$", "EC$" } },
	{ "XOF", { "F\u202fCFA", "F\u202fCFA", "F\u202fCFA" } },
	{ "XPF", { "CFPF", "CFPF", "CFPF" } },
};

const struct locale *
locale_find(const char *code, size_t length)
{
	for (size_t i = 0; i < sizeof locales / sizeof *locales; i++)
		if (strlen(locales[i].code) == length && memcmp(locales[i].code, code, length) == 0)
			return &locales[i];
	return NULL;
}

const char *
locale_code(size_t i)
{
	return i < sizeof locales / sizeof *locales ? locales[i].code : NULL;
}

enum plural
locale_plural(const struct locale *locale, int64_t number)
{
	return number == 1 || (number == 0 && locale->none_is_one) ? PLURAL_ONE : PLURAL_OTHER;
}

/* Digits with `places` of them behind the point. */
static void
add_digits(struct text *text, const struct locale *locale, const char *digits, size_t length, size_t places)
{
	const size_t whole = length - places;

	for (size_t i = 0; i < length; i++) {
		const size_t left = whole - i; /* digits of the whole part from here */

		if (i == whole)
			text_add_char(text, '.');
		else if (i > 0 && i < whole && (left == 3 || (left > 3 && (locale->lakh ? left % 2 == 1 : left % 3 == 0))))
			text_add_char(text, ',');
		text_add_string(text, locale->digits[digits[i] - '0']);
	}
}

void
text_add_local_integer(struct text *text, const struct locale *locale, int64_t number)
{
	char   digits[24];
	size_t length = 0, at = sizeof digits;

	for (uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number; rest > 0 || length == 0; rest /= 10) {
		digits[--at] = (char)('0' + rest % 10);
		length++;
	}
	if (number < 0)
		text_add_char(text, '-');
	add_digits(text, locale, digits + at, length, 0);
}

void
text_add_local_decimal(struct text *text, const struct locale *locale, const char *written)
{
	struct decimal decimal;
	char           digits[24];
	size_t         length;

	if (!decimal_parse(written, strlen(written), &decimal)) {
		text_add_string(text, written);
		return;
	}
	for (; decimal.scale > 0 && decimal.digits % 10 == 0; decimal.scale--)
		decimal.digits /= 10;
	/* At least one digit before the point. */
	length = (size_t)snprintf(digits, sizeof digits, "%0*" PRIu64, decimal.scale + 1,
	    decimal.digits < 0 ? 0 - (uint64_t)decimal.digits : (uint64_t)decimal.digits);
	if (decimal.digits < 0)
		text_add_char(text, '-');
	add_digits(text, locale, digits, length, (size_t)decimal.scale);
}

static const char *
symbol_of(const struct locale *locale, const char *currency)
{
	for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++)
		if (strcmp(symbols[i].currency, currency) == 0)
			return symbols[i].written[locale->column];
	return currency;
}

static bool
is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

void
text_add_local_money(struct text *text, const struct locale *locale, struct money money)
{
	char        written[MONEY_TEXT_SIZE], digits[MONEY_TEXT_SIZE];
	const char *symbol = symbol_of(locale, money.currency), *point;
	size_t      length = money_write(money, written), count = 0, places;

	point = memchr(written, '.', length);
	places = point == NULL ? 0 : length - (size_t)(point - written) - 1;
	for (size_t i = 0; i < length; i++)
		if (written[i] >= '0' && written[i] <= '9')
			digits[count++] = written[i];
	if (written[0] == '-')
		text_add_char(text, '-');
	/* A letter does not touch a digit. */
	if (!locale->symbol_behind) {
		text_add_string(text, symbol);
		text_add_string(text, is_letter(symbol[strlen(symbol) - 1]) ? NO_BREAK_SPACE : "");
	}
	add_digits(text, locale, digits, count, places);
	if (locale->symbol_behind) {
		text_add_string(text, is_letter(symbol[0]) ? NO_BREAK_SPACE : "");
		text_add_string(text, symbol);
	}
}

/* At least `least` digits, no groups. */
static void
add_plain(struct text *text, const struct locale *locale, int number, int least)
{
	char digits[16];
	int  length = snprintf(digits, sizeof digits, "%0*d", least, number);

	for (int i = 0; i < length; i++)
		text_add_string(text, locale->digits[digits[i] - '0']);
}

void
text_add_local_time(
    struct text *text, const struct locale *locale, struct instant instant, const char *zone, enum date_style style)
{
	struct civil civil = instant_civil_in(instant, zone);

	for (const char *c = locale->date; *c != '\0'; c++) {
		if (*c == 'd')
			add_plain(text, locale, civil.day, 1);
		else if (*c == 'M')
			text_add_string(text, (style == DATE_LONG ? locale->months : locale->short_months)[civil.month - 1]);
		else if (*c == 'y')
			add_plain(text, locale, civil.year, 1);
		else
			text_add_char(text, *c);
	}
	if (style != DATE_WITH_TIME)
		return;
	TEXT_ADD(text, ", ");
	add_plain(text, locale, civil.hour % 12 == 0 ? 12 : civil.hour % 12, 1);
	text_add_char(text, ':');
	add_plain(text, locale, civil.minute, 2);
	text_add_char(text, ' ');
	text_add_string(text, locale->halves[civil.hour >= 12]);
}
