/* What a configuration says, as text: one value, all of them, and the document of every key. */
#include "base/config_keys.h"

#include "base/arena.h"
#include "base/text.h"

int64_t
key_max(const struct key *key)
{
	if (key->max > 0 || key->kind == KIND_INTEGER)
		return key->max;
	return key->kind == KIND_LIST ? LIST_MAX_DEFAULT : TEXT_MAX_DEFAULT;
}

/* The value of a key as text: a list's elements with `between` between them, or only the first when that is NULL. */
static const char *
value_text(const struct config *config, const struct key *key, const char *between, struct arena *arena)
{
	struct text text = text_new(arena, 64);

	switch (key->kind) {
	case KIND_TEXT:
		text_add_string(&text, KEY_TEXT(config, key));
		break;
	case KIND_INTEGER:
		text_add_integer(&text, KEY_INTEGER(config, key));
		break;
	case KIND_BOOLEAN:
		text_add_string(&text, KEY_BOOLEAN(config, key) ? "true" : "false");
		break;
	case KIND_CHOICE:
		text_add_string(&text, key->choices[KEY_CHOICE(config, key)]);
		break;
	case KIND_LIST:
		for (const char *const *element = KEY_LIST(config, key); *element != NULL; element++) {
			text_add_string(&text, *element);
			if (between == NULL)
				break;
			if (element[1] != NULL)
				text_add_string(&text, between);
		}
		break;
	}
	return text.bytes;
}

const char *
config_get(const struct config *config, const char *name, struct arena *arena)
{
	for (const struct key *key = config_keys; key < config_keys + config_key_count; key++)
		if (strcmp(key->name, name) == 0)
			return value_text(config, key, NULL, arena);
	return NULL;
}

void
config_each(const struct config *config, struct arena                                   *arena,
    void (*each)(const char *key, const char *value, bool secret, void *argument), void *argument)
{
	for (const struct key *key = config_keys; key < config_keys + config_key_count; key++)
		each(key->name, value_text(config, key, ", ", arena), key->secret, argument);
}

bool
config_has_mail(const struct config *config)
{
	return *config->mail.host != '\0' || *config->mail.directory != '\0';
}

static void
document_choices(struct text *out, const struct key *key)
{
	TEXT_ADD(out, " of ");
	for (const char *const *choice = key->choices; *choice != NULL; choice++) {
		text_add_string(out, *choice);
		if (choice[1] != NULL)
			TEXT_ADD(out, ", ");
	}
}

/* "whole number from 1 to 65535" and the like. */
static void
document_type(struct text *out, const struct key *key)
{
	static const char *const kinds[] = { "text", "whole number", "true or false", "list", "one" };
	long long                min = (long long)key->min, max = (long long)key_max(key);

	text_add_string(out, kinds[key->kind]);
	if (key->choices != NULL)
		document_choices(out, key);
	else if (key->kind == KIND_INTEGER)
		text_addf(out, " from %lld to %lld", min, max);
	else if (key->kind == KIND_TEXT && min > 1)
		text_addf(out, " of %lld to %lld bytes", min, max);
	else if (key->kind == KIND_TEXT)
		text_addf(out, " of at most %lld bytes", max);
	else if (key->kind == KIND_LIST)
		text_addf(out, " of at most %lld", max);
}

static void
document_key(struct text *out, const struct key *key, const char *name)
{
	text_addf(out, "\n# %s\n# ", key->doc);
	document_type(out, key);
	if (key->in_development != NULL)
		text_addf(out, "; in development %s", key->in_development);
	if (key->need == NEED_ALWAYS)
		TEXT_ADD(out, "; required in production");
	if (key->need == NEED_WHEN_ENABLED)
		text_addf(out, "; required in production with %s", key_provider(key));
	if (key->secret)
		text_addf(out, "\n#%s_file = /etc/haat/secrets/%s\n", name, key->name);
	else
		text_addf(out, "\n#%s =%s%s\n", name, *key->fallback == '\0' ? "" : " ", key->fallback);
}

static const char document_head[] =
    "# haat.conf: all settings of haat with their defaults.\n"
    "#\n"
    "# The environment overrides this file: HAAT_DATABASE_PORT is port in [database].  A secret can be read from\n"
    "# a file, named by the key with the suffix _file (or by HAAT_..._FILE).  Lists are separated by commas.  A\n"
    "# value extends to the end of its line.  `haatctl config check` reports all errors at once.\n";

void
config_document(struct text *out)
{
	const char *section = "";
	size_t      section_length = 0;

	text_add_string(out, document_head);
	for (const struct key *key = config_keys; key < config_keys + config_key_count; key++) {
		const char *dot = strrchr(key->name, '.');
		size_t      length = dot == NULL ? 0 : (size_t)(dot - key->name);

		if (length != section_length || strncmp(section, key->name, length) != 0)
			text_addf(out, "\n[%.*s]\n", (int)length, key->name);
		section = key->name;
		section_length = length;
		document_key(out, key, dot == NULL ? key->name : dot + 1);
	}
}
