#include "template/html.h"

#include <string.h>
#include <strings.h>

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_name_character(char c)
{
	return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == ':' || c == '.';
}

static char
lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

static bool
append(char *name, char c)
{
	size_t length = strlen(name);

	if (length + 1 >= HTML_NAME_MAX)
		return false;
	name[length] = lower(c);
	name[length + 1] = '\0';
	return true;
}

static bool
is_one_of(const char *word, const char *const *words)
{
	for (; *words != NULL; words++)
		if (strcmp(word, *words) == 0)
			return true;
	return false;
}

static bool
ends_with(const char *word, const char *end)
{
	size_t length = strlen(word), end_length = strlen(end);

	return length >= end_length && strcmp(word + length - end_length, end) == 0;
}

static enum html_attribute
kind_of_attribute(const char *name)
{
	static const char *const urls[] = { "href", "src", "action", "formaction", "poster", "cite", "data", "background", "ping",
		"longdesc", "lowsrc", "dynsrc", "manifest", "codebase", "profile", "usemap", "icon", "xlink:href", NULL };

	/* SVG's animations set any attribute to any value. */
	static const char *const code[] = { "style", "srcdoc", "attributename", "values", "from", "to", "by", NULL };

	if (strncmp(name, "on", 2) == 0 || is_one_of(name, code))
		return HTML_CODE;
	if (strcmp(name, "srcset") == 0 || strcmp(name, "imagesrcset") == 0)
		return HTML_URL_SET;
	return is_one_of(name, urls) ? HTML_URL : HTML_PLAIN;
}

static bool
is_script_json(const char *type)
{
	return strcmp(type, "application/json") == 0 || ends_with(type, "+json");
}

/* A tag has ended: what kind of content follows? */
static const char *
end_tag(struct html *html)
{
	static const char *const raw[] = { "style", "iframe", "script", NULL }, *const words[] = { "title", "textarea", NULL },
				 *const refused[] = { "plaintext", "xmp", "noembed", "noframes", "listing", NULL };

	html->mode = HTML_TEXT;
	if (html->closing)
		return NULL;
	if (is_one_of(html->element, refused))
		return "the element is obsolete";
	if (is_one_of(html->element, raw) || is_one_of(html->element, words)) {
		html->mode = HTML_RAW;
		html->matched = 0;
		html->in_string = html->escaped = false;
		html->raw = is_one_of(html->element, words)                              ? HTML_RAW_WORDS
		    : strcmp(html->element, "script") == 0 && is_script_json(html->type) ? HTML_RAW_JSON
											 : HTML_RAW_TEXT;
	}
	return NULL;
}

static const char *
step_text(struct html *html, char c)
{
	if (c == '<') {
		html->mode = HTML_OPEN;
		html->tag_length = 0;
	}
	return NULL;
}

static const char *
begin_element(struct html *html, char c, bool closing)
{
	if (!is_letter(c))
		return "a '<' that begins no tag: write &lt;";
	html->mode = HTML_NAME;
	html->closing = closing;
	html->element[0] = html->type[0] = '\0';
	append(html->element, c);
	return NULL;
}

static const char *
step_open(struct html *html, char c)
{
	if (c != '/' && c != '!')
		return begin_element(html, c, false);
	html->mode = c == '/' ? HTML_OPEN_CLOSE : HTML_DECLARATION;
	return NULL;
}

static const char *
step_open_close(struct html *html, char c)
{
	return begin_element(html, c, true);
}

/* In a tag, where `c` does not go on with a name. */
static const char *
step_gap(struct html *html, char c)
{
	if (c == '>')
		return end_tag(html);
	if (is_blank(c))
		html->mode = HTML_TAG;
	else if (c == '/' && !html->closing)
		html->mode = HTML_SLASH;
	else
		return "malformed tag";
	return NULL;
}

static const char *
step_name(struct html *html, char c)
{
	if (!is_name_character(c))
		return step_gap(html, c);
	return append(html->element, c) ? NULL : "the element's name is too long";
}

static const char *
begin_attribute(struct html *html, char c)
{
	if (html->closing || !(is_letter(c) || c == '_'))
		return "malformed tag";
	html->mode = HTML_ATTRIBUTE;
	html->name[0] = '\0';
	append(html->name, c);
	return NULL;
}

static const char *
step_tag(struct html *html, char c)
{
	return is_blank(c) || c == '>' || c == '/' ? step_gap(html, c) : begin_attribute(html, c);
}

static const char *
step_slash(struct html *html, char c)
{
	if (c != '>')
		return "malformed tag";
	end_tag(html);
	return html->mode == HTML_RAW ? "the element may not be empty by a slash" : NULL;
}

static const char *
step_attribute(struct html *html, char c)
{
	if (is_name_character(c))
		return append(html->name, c) ? NULL : "the attribute's name is too long";
	if (is_blank(c))
		html->mode = HTML_BEHIND;
	else if (c == '=')
		html->mode = HTML_EQUALS;
	else
		return step_gap(html, c);
	return NULL;
}

static const char *
step_behind(struct html *html, char c)
{
	if (is_blank(c))
		return NULL;
	if (c != '=')
		return step_tag(html, c);
	html->mode = HTML_EQUALS;
	return NULL;
}

static const char *
step_equals(struct html *html, char c)
{
	if (is_blank(c))
		return NULL;
	if (c != '"' && c != '\'')
		return "an attribute without quotes";
	html->mode = HTML_VALUE;
	html->quote = c;
	html->attribute = kind_of_attribute(html->name);
	html->url = HTML_URL_START;
	html->scheme_length = 0;
	html->slashes = 0;
	return NULL;
}

/* The scheme of an URL is known: what may follow? */
static enum html_url
behind_scheme(struct html *html)
{
	static const struct {
		const char   *name;
		enum html_url follows;
	} schemes[] = { { "http", HTML_URL_AUTHORITY }, { "https", HTML_URL_AUTHORITY }, { "mailto", HTML_URL_MAIL } };

	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
		if (strlen(schemes[i].name) == html->scheme_length &&
		    strncasecmp(schemes[i].name, html->scheme, html->scheme_length) == 0)
			return schemes[i].follows;
	return HTML_URL_FOREIGN;
}

static const char *
step_url(struct html *html, char c)
{
	const bool ends_scheme = c == '/' || c == '?' || c == '#';

	if (html->attribute == HTML_URL_SET && (is_blank(c) || c == ',')) {
		html->url = HTML_URL_START;
		html->scheme_length = html->slashes = 0;
		return NULL;
	}
	switch (html->url) {
	case HTML_URL_START:
	case HTML_URL_SCHEME:
		if (html->url == HTML_URL_START && is_blank(c))
			return NULL;
		if (ends_scheme) {
			html->slashes = 1;
			html->url = c == '/' && html->url == HTML_URL_START ? HTML_URL_SLASH : HTML_URL_REST;
		} else if (c == ':')
			html->url = behind_scheme(html);
		else if (!is_name_character(c) && c != '+')
			html->url = HTML_URL_FOREIGN; /* a character reference or a blank: who knows what it will be */
		else {
			html->url = HTML_URL_SCHEME;
			if (html->scheme_length < sizeof html->scheme)
				html->scheme[html->scheme_length++] = c;
		}
		return NULL;
	case HTML_URL_WHOLE:
	case HTML_URL_OPENED:
		if (c == ':' || c == '&')
			return "the scheme of an URL may not depend on a value";
		html->url = ends_scheme ? HTML_URL_REST : HTML_URL_OPENED;
		return NULL;
	case HTML_URL_SLASH:
		html->slashes = 2;
		html->url = c == '/' || c == '\\' ? HTML_URL_AUTHORITY : HTML_URL_REST;
		return NULL;
	case HTML_URL_AUTHORITY:
		if (c == '/' && html->slashes < 2)
			html->slashes++;
		else if (ends_scheme)
			html->url = HTML_URL_REST;
		return NULL;
	case HTML_URL_REST:
	case HTML_URL_MAIL:
	case HTML_URL_FOREIGN:
		return NULL;
	}
	return NULL;
}

static const char *
step_value(struct html *html, char c)
{
	if (c == html->quote) {
		html->mode = HTML_GAP;
		return NULL;
	}
	if (strcmp(html->element, "script") == 0 && strcmp(html->name, "type") == 0 && !append(html->type, c))
		return "the script's type is too long";
	return html->attribute == HTML_URL || html->attribute == HTML_URL_SET ? step_url(html, c) : NULL;
}

static const char *
step_raw(struct html *html, char c)
{
	const size_t length = strlen(html->element);

	if (html->matched == length + 2) {
		html->closing = true;
		return step_gap(html, c);
	}
	if (html->matched == 0 ? c == '<' : html->matched == 1 ? c == '/' : lower(c) == html->element[html->matched - 2]) {
		html->matched++;
		return NULL;
	}
	if (html->matched > 0 && (html->raw != HTML_RAW_WORDS || c == '<'))
		return "a '<' that does not end the element";
	html->matched = 0;
	if (html->raw != HTML_RAW_JSON)
		return NULL;
	if (html->escaped)
		html->escaped = false;
	else if (c == '\\')
		html->escaped = html->in_string;
	else if (c == '"')
		html->in_string = !html->in_string;
	return NULL;
}

static const char *
step_declaration(struct html *html, char c)
{
	if (c != '-' && !is_letter(c))
		return "malformed tag";
	html->mode = c == '-' ? HTML_DASH : HTML_DOCTYPE;
	return NULL;
}

static const char *
step_dash(struct html *html, char c)
{
	if (c != '-')
		return "malformed tag";
	html->mode = HTML_COMMENT;
	html->matched = 0;
	html->escaped = false; /* has it any text yet? */
	return NULL;
}

static const char *
step_comment(struct html *html, char c)
{
	if (c == '-') {
		html->matched++;
		return NULL;
	}
	if (!html->escaped && c == '>')
		return "malformed comment";
	if (html->matched >= 2 && c == '>')
		html->mode = HTML_TEXT;
	else if (html->matched >= 2 && c == '!')
		return "malformed comment";
	html->escaped = true;
	html->matched = 0;
	return NULL;
}

static const char *
step_doctype(struct html *html, char c)
{
	if (c == '>')
		html->mode = HTML_TEXT;
	return c == '<' ? "malformed tag" : NULL;
}

static const char *(*const steps[HTML_MODES])(struct html *, char) = {
	[HTML_TEXT] = step_text,
	[HTML_OPEN] = step_open,
	[HTML_OPEN_CLOSE] = step_open_close,
	[HTML_NAME] = step_name,
	[HTML_TAG] = step_tag,
	[HTML_GAP] = step_gap,
	[HTML_SLASH] = step_slash,
	[HTML_ATTRIBUTE] = step_attribute,
	[HTML_BEHIND] = step_behind,
	[HTML_EQUALS] = step_equals,
	[HTML_VALUE] = step_value,
	[HTML_RAW] = step_raw,
	[HTML_DECLARATION] = step_declaration,
	[HTML_DASH] = step_dash,
	[HTML_COMMENT] = step_comment,
	[HTML_DOCTYPE] = step_doctype,
};

const char *
html_text(struct html *html, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		const char *what = bytes[i] == '\0' ? "a NUL" : steps[html->mode](html, bytes[i]);

		if (html->tag_length + 1 < sizeof html->tag && html->mode != HTML_TEXT && bytes[i] != '\n')
			html->tag[html->tag_length++] = bytes[i];
		html->tag[html->tag_length] = '\0';
		if (what != NULL)
			return what;
	}
	return NULL;
}

static const char *
url_value(struct html *html, enum escaping *escaping)
{
	switch (html->url) {
	case HTML_URL_START:
		html->url = HTML_URL_WHOLE;
		*escaping = html->attribute == HTML_URL_SET ? ESCAPE_SET : ESCAPE_URL;
		return NULL;
	case HTML_URL_WHOLE:
		/* Its slashes would be percent-encoded, so that a form went to another path than it says. */
		return "a value directly behind the one that begins an URL: make one value of them";
	case HTML_URL_SCHEME:
	case HTML_URL_OPENED:
		html->url = HTML_URL_OPENED;
		*escaping = ESCAPE_PART;
		return NULL;
	case HTML_URL_SLASH:
	case HTML_URL_REST:
		html->url = HTML_URL_REST;
		*escaping = ESCAPE_PART;
		return NULL;
	case HTML_URL_MAIL:
		*escaping = ESCAPE_ADDRESS;
		return NULL;
	case HTML_URL_AUTHORITY:
		return "the host of an URL may not depend on a value";
	case HTML_URL_FOREIGN:
		return "an URL of this scheme may hold no value";
	}
	return NULL;
}

const char *
html_value(struct html *html, enum escaping *escaping)
{
	*escaping = ESCAPE_HTML;
	switch (html->mode) {
	case HTML_TEXT:
		/* An option holds no elements. */
		if (html->closing || strcmp(html->element, "option") != 0)
			*escaping = ESCAPE_TEXT;
		return NULL;
	case HTML_EQUALS:
		return "an attribute without quotes";
	case HTML_VALUE:
		if (html->attribute == HTML_CODE)
			return "this attribute may hold no value";
		if (strcmp(html->element, "script") == 0 && strcmp(html->name, "type") == 0)
			return "the type of a script may not depend on a value";
		return html->attribute == HTML_PLAIN ? NULL : url_value(html, escaping);
	case HTML_RAW:
		if (html->raw == HTML_RAW_TEXT || html->matched > 0)
			return "this element may hold no value";
		if (html->raw == HTML_RAW_JSON && html->in_string)
			return "a value of JSON brings its own quotes";
		if (html->raw == HTML_RAW_JSON)
			*escaping = ESCAPE_JSON;
		return NULL;
	case HTML_COMMENT:
	case HTML_DECLARATION:
	case HTML_DASH:
	case HTML_DOCTYPE:
		return "a comment may hold no value";
	default:
		return "a tag may hold a value in an attribute's quotes only";
	}
}

const char *
html_border(struct html *html)
{
	switch (html->mode) {
	case HTML_TEXT:
	case HTML_TAG:
	case HTML_GAP:
	case HTML_VALUE:
		return NULL;
	case HTML_NAME:
	case HTML_ATTRIBUTE:
	case HTML_BEHIND:
		/* Whichever way: what was begun is over, and no equals sign and no letter may follow. */
		html->mode = HTML_GAP;
		return NULL;
	case HTML_RAW:
		return html->matched > 0 ? "malformed tag" : NULL;
	default:
		return "no section may begin or end here";
	}
}

bool
html_join(struct html *html, const struct html *before)
{
	const bool in_tag = html->mode == HTML_TAG || html->mode == HTML_GAP;

	if (in_tag ? before->mode != HTML_TAG && before->mode != HTML_GAP : html->mode != before->mode)
		return false;
	if (html->mode == HTML_TEXT)
		return true;
	if (strcmp(html->element, before->element) != 0 || html->closing != before->closing ||
	    strcmp(html->type, before->type) != 0)
		return false;
	if (html->mode == HTML_RAW)
		return html->raw == before->raw && html->in_string == before->in_string && html->escaped == before->escaped;
	if (in_tag) {
		if (before->mode == HTML_GAP)
			html->mode = HTML_GAP;
		return true;
	}
	return strcmp(html->name, before->name) == 0 && html->quote == before->quote && html->url == before->url &&
	    html->scheme_length == before->scheme_length && html->slashes == before->slashes;
}
