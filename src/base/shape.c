/* What all uses of a shape share, and the formats of text. */
#include "base/shape.h"

#include "base/country.h"
#include "base/encoding.h"
#include "base/text.h"

#include <assert.h>

const struct member *
shape_member(const struct shape *shape, const char *name, size_t length)
{
	for (size_t i = 0; i < shape->count; i++)
		if (shape->members[i].name_length == length && memcmp(shape->members[i].name, name, length) == 0)
			return &shape->members[i];
	return NULL;
}

bool
shape_has(const struct shape *shape, const void *from, const char *name)
{
	const struct member     *member = shape_member(shape, name, strlen(name));
	const struct shape_seen *seen;

	assert(shape->seen_offset > 0 && member != NULL);
	seen = (const struct shape_seen *)((const char *)from + shape->seen_offset - 1);
	return (seen->bits >> (member - shape->members) & 1) != 0;
}

const char *
shape_noun(const struct shape *shape, struct arena *arena)
{
	struct text noun;

	if (shape->noun != NULL)
		return shape->noun;
	noun = text_new(arena, 32);
	for (const char *c = shape->name; *c != '\0'; c++) {
		bool capital = *c >= 'A' && *c <= 'Z';

		if (capital && c > shape->name)
			text_add_char(&noun, ' ');
		text_add_char(&noun, (char)(capital ? *c - 'A' + 'a' : *c));
	}
	return noun.bytes;
}

int
value_index(const char *const *words, const char *word)
{
	for (int i = 0; words[i] != NULL; i++)
		if (strcmp(words[i], word) == 0)
			return i;
	return -1;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Labels of letters, digits and inner hyphens, at least two of them, the last one not a number. */
static bool
is_domain(const char *domain)
{
	size_t label = 0, labels = 0;
	bool   letters = false;

	for (const char *c = domain;; c++) {
		if (*c == '.' || *c == '\0') {
			if (label == 0 || label > 63 || c[-1] == '-')
				return false;
			labels++;
			if (*c == '\0')
				return labels >= 2 && letters && c - domain <= 253;
			label = 0;
			letters = false;
		} else if (is_letter(*c) || is_digit(*c) || (*c == '-' && label > 0)) {
			label++;
			letters = letters || is_letter(*c);
		} else {
			return false;
		}
	}
}

static bool
is_email(const char *text)
{
	const char *at = strrchr(text, '@');

	if (at == NULL || at == text || at - text > 64 || strlen(text) > 254 || !is_domain(at + 1))
		return false;
	if (text[0] == '.' || at[-1] == '.')
		return false;
	for (const char *c = text; c < at; c++)
		if ((unsigned char)*c <= ' ' || (unsigned char)*c >= 0x7f || strchr("\"(),:;<>@[\\]", *c) != NULL ||
		    (*c == '.' && c[1] == '.'))
			return false;
	return true;
}

static bool
is_phone(const char *text)
{
	size_t digits = 0;

	if (text[0] != '+' || text[1] == '0')
		return false;
	for (const char *c = text + 1; *c != '\0'; c++, digits++)
		if (!is_digit(*c))
			return false;
	return digits >= 8 && digits <= 15;
}

/* Other scripts' letters are judged when a slug is made; here only ASCII that has no place in one is refused. */
static bool
is_slug(const char *text)
{
	if (text[0] == '-' || text[0] == '\0' || text[strlen(text) - 1] == '-')
		return false;
	for (const char *c = text; *c != '\0'; c++)
		if (!((*c >= 'a' && *c <= 'z') || is_digit(*c) || (unsigned char)*c >= 0x80 || (*c == '-' && c[1] != '-')))
			return false;
	return true;
}

static bool
is_url(const char *text)
{
	size_t scheme = strncmp(text, "https://", 8) == 0 ? 8 : strncmp(text, "http://", 7) == 0 ? 7 : 0;

	if (scheme == 0 || !(is_letter(text[scheme]) || is_digit(text[scheme]) || text[scheme] == '['))
		return false;
	for (const char *c = text; *c != '\0'; c++)
		if ((unsigned char)*c <= ' ' || (unsigned char)*c == 0x7f || strchr("\"<>\\^`{|}", *c) != NULL)
			return false;
	return true;
}

const char *
format_fault(enum text_format format, const char *text)
{
	switch (format) {
	case FORMAT_EMAIL:
		return is_email(text) ? NULL : "must be an e-mail address";
	case FORMAT_PHONE:
		return is_phone(text) ? NULL : "must be a phone number in E.164 form, like +8801700000001";
	case FORMAT_SLUG:
		return is_slug(text) ? NULL : "must be lower-case letters, digits and single hyphens";
	case FORMAT_URL:
		return is_url(text) ? NULL : "must be an absolute http or https URL";
	case FORMAT_COUNTRY:
		return country_known(text) ? NULL : "must be an ISO 3166-1 alpha-2 country code in upper case, like GB";
	case FORMAT_CURRENCY:
		return currency_exponent(text) >= 0 ? NULL : "must be an ISO 4217 currency code in upper case";
	case FORMAT_NONE:
	case FORMAT__COUNT:
		break;
	}
	return NULL;
}
