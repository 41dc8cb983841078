#include "base/config_keys.h"

#include "base/arena.h"
#include "base/encoding.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <unistd.h>

enum { SECRET_FILE_BYTES_MAX = 65536 };

void
config_fault(struct loading *loading, const char *place, const char *subject, const char *format, ...)
{
	char    message[400];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof message, format, args);
	va_end(args);
	text_addf(loading->faults, "%s: %s", subject, message);
	if (place != NULL)
		text_addf(loading->faults, " (%s)", place);
	text_add_char(loading->faults, '\n');
}

/* The content of a secret's file without the line's end behind it; NULL and *fault when it cannot be had. */
static const char *
read_secret_file(struct arena *arena, const char *path, const char **fault)
{
	char    room[SECRET_FILE_BYTES_MAX + 1], *bytes;
	int     fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = -1;
	size_t  length = 0;

	while (fd >= 0 && length < sizeof room && (got = read(fd, room + length, sizeof room - length)) > 0)
		length += (size_t)got;
	if (got < 0)
		*fault = arena_format(arena, "cannot read '%s': %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	if (got < 0)
		return NULL;
	if (length > SECRET_FILE_BYTES_MAX || memchr(room, '\0', length) != NULL) {
		*fault = arena_format(arena, "'%s' is not a text file of at most %d bytes", path, SECRET_FILE_BYTES_MAX);
		return NULL;
	}
	while (length > 0 && (room[length - 1] == '\n' || room[length - 1] == '\r'))
		length--;
	/* There are as many secrets as providers: each takes the room that it needs. */
	bytes = arena_copy(arena, room, length);
	arena_scrub(arena, bytes, length);
	explicit_bzero(room, sizeof room);
	return bytes;
}

const char *
secret_read(struct arena *arena, const char *path)
{
	const char *fault;

	return read_secret_file(arena, path, &fault);
}

static const char *
read_secret(struct loading *loading, const struct key *key, const struct given *given)
{
	const char *fault, *secret = read_secret_file(loading->arena, given->text, &fault);

	if (secret == NULL)
		config_fault(loading, given->place, key->name, "%s", fault);
	else if (&KEY_TEXT(loading->config, key) == &loading->config->database.password)
		loading->config->database.password_file = arena_copy(loading->arena, given->text, strlen(given->text));
	return secret;
}

static bool
has_control(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return true;
	return false;
}

/* The index of a value among the choices; -1 and a fault when it is none of them. */
static int
find_choice(struct loading *loading, const struct key *key, const char *text, const char *place)
{
	struct text all = text_new(loading->arena, 64);

	for (int i = 0; key->choices[i] != NULL; i++) {
		if (strcmp(key->choices[i], text) == 0)
			return i;
		text_addf(&all, "%s%s", i > 0 ? ", " : "", key->choices[i]);
	}
	config_fault(loading, place, key->name, "must be one of %s", all.bytes);
	return -1;
}

static bool
has_element(const char *const *list, const char *element)
{
	for (; *list != NULL; list++)
		if (strcmp(*list, element) == 0)
			return true;
	return false;
}

/* What holds for a text and for each element of a list. */
static bool
check_text(struct loading *loading, const struct key *key, const char *text, const char *place)
{
	const char *wrong = *text == '\0' ? NULL : key_form_fault(key->form, text);

	if (!utf8_valid(text, strlen(text)) || has_control(text))
		wrong = "must be UTF-8 without control characters";
	if (wrong != NULL)
		config_fault(loading, place, key->name, "%s", wrong);
	if (wrong == NULL && key->never != NULL && has_element(key->never, text)) {
		config_fault(loading, place, key->name, "must not contain %s, which the provider does not support", text);
		return false;
	}
	return wrong == NULL && (key->choices == NULL || find_choice(loading, key, text, place) >= 0);
}

static void
set_text(struct loading *loading, const struct key *key, const char *text, const char *place)
{
	long long length = (long long)strlen(text), min = (long long)key->min, max = (long long)key_max(key);

	if (length > max)
		config_fault(loading, place, key->name, "must be at most %lld bytes", max);
	else if (length < min && (length > 0 || min == 1))
		config_fault(loading, place, key->name, "must be at least %lld byte%s", min, min == 1 ? "" : "s");
	else if (check_text(loading, key, text, place))
		KEY_TEXT(loading->config, key) = text;
}

static void
set_integer(struct loading *loading, const struct key *key, const char *text, const char *place)
{
	const char *digits = text + (*text == '-');
	size_t      length = strlen(digits);
	long long   value, min = (long long)key->min, max = (long long)key->max;

	if (length == 0 || strspn(digits, "0123456789") != length) {
		config_fault(loading, place, key->name, "must be a whole number");
		return;
	}
	value = strtoll(text, NULL, 10); /* what is too large stays the largest there is,
	    which is too large as well */
	if (value < min)
		config_fault(loading, place, key->name, "must be at least %lld", min);
	else if (value > max)
		config_fault(loading, place, key->name, "must be at most %lld", max);
	else
		KEY_INTEGER(loading->config, key) = value;
}

static void
set_boolean(struct loading *loading, const struct key *key, const char *text, const char *place)
{
	static const char *const words[] = { "false", "true", "no", "yes", "off", "on", "0", "1" };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (strcmp(words[i], text) == 0) {
			KEY_BOOLEAN(loading->config, key) = i % 2 == 1;
			return;
		}
	}
	config_fault(loading, place, key->name, "must be true or false");
}

static const char *const empty_list[] = { NULL };

static void
set_list(struct loading *loading, const struct key *key, const char *text, const char *place)
{
	size_t       max = (size_t)key_max(key), count = 0;
	const char **elements = ARENA_ARRAY(loading->arena, max + 1, const char *);

	for (const char *at = text; *at != '\0'; at += *at == ',') {
		const char *first = at + strspn(at, " \t\r\n"), *end;

		at += strcspn(at, ",");
		for (end = at; end > first && strchr(" \t\r\n", end[-1]) != NULL; end--)
			continue;
		if (end <= first)
			continue;
		if (count == max) {
			config_fault(loading, place, key->name, "must have at most %zu elements", max);
			return;
		}
		elements[count] = arena_copy(loading->arena, first, (size_t)(end - first));
		if (!check_text(loading, key, elements[count], place))
			return;
		count++;
	}
	KEY_LIST(loading->config, key) = elements;
}

static void
set_value(struct loading *loading, const struct key *key, const char *text, const char *place)
{
	int choice;

	switch (key->kind) {
	case KIND_TEXT:
		set_text(loading, key, text, place);
		break;
	case KIND_INTEGER:
		set_integer(loading, key, text, place);
		break;
	case KIND_BOOLEAN:
		set_boolean(loading, key, text, place);
		break;
	case KIND_LIST:
		set_list(loading, key, text, place);
		break;
	case KIND_CHOICE:
		choice = find_choice(loading, key, text, place);
		KEY_CHOICE(loading->config, key) = choice >= 0 ? choice : 0;
		break;
	}
}

/* Every member gets its value, or one fault; after a fault it stays what it was: harmless, never NULL. */
void
config_set(struct loading *loading, const struct key *key)
{
	struct given *given = &loading->given[key - config_keys];
	size_t        before = loading->faults->length;
	bool          development = loading->config->profile == PROFILE_DEVELOPMENT;
	const char   *text = key->fallback;

	if (development && key->in_development != NULL)
		text = key->in_development;
	if (key->kind == KIND_TEXT)
		KEY_TEXT(loading->config, key) = "";
	if (key->kind == KIND_LIST)
		KEY_LIST(loading->config, key) = empty_list;
	if (given->place != NULL)
		text = given->is_file ? read_secret(loading, key, given) : given->text;
	if (text != NULL)
		set_value(loading, key, text, given->place);
	given->is_wrong = loading->faults->length > before;
}

/* ---- the production profile ---- */

/* Does "demo" begin a secret, or what stands behind a prefix (sk_test_demo...) or a retired key's id? */
static bool
is_demo(const char *secret)
{
	return strncmp(secret, "demo", 4) == 0 || strstr(secret, "_demo") != NULL || strstr(secret, ":demo") != NULL;
}

static bool
is_live(const char *secret, const char *const *live)
{
	for (; *live != NULL; live++)
		if (strncmp(secret, *live, strlen(*live)) == 0 && secret[strlen(*live)] != '\0')
			return true;
	return false;
}

/* Adds the fault of a secret that has a value; false when it has none. */
static bool
secret_is_fit(struct loading *loading, const struct key *key, const char *secret, const char *place)
{
	struct text prefixes;

	if (is_demo(secret)) {
		config_fault(loading, place, key->name, "is a demo secret, which the production profile does not accept");
		return false;
	}
	if (key->live == NULL)
		return true;
	if (strpbrk(secret, " \"'") != NULL) {
		config_fault(loading, place, key->name, "must not contain quotes or spaces");
		return false;
	}
	if (is_live(secret, key->live))
		return true;
	prefixes = text_new(loading->arena, 64);
	for (size_t i = 0; key->live[i] != NULL; i++)
		text_addf(&prefixes, "%s%s", i > 0 ? " or " : "", key->live[i]);
	config_fault(loading, place, key->name, "must begin with %s in the production profile", prefixes.bytes);
	return false;
}

static void
check_secret(struct loading *loading, const struct key *key)
{
	const struct given *given = &loading->given[key - config_keys];
	const char         *single[2] = { key->kind == KIND_TEXT ? KEY_TEXT(loading->config, key) : NULL };
	const char *const  *values = key->kind == KIND_TEXT ? single : KEY_LIST(loading->config, key);
	bool                needed = key->need == NEED_ALWAYS ||
	    (key->need == NEED_WHEN_ENABLED && has_element(loading->config->payments.providers, key_provider(key)));

	if (needed && !given->is_wrong && (*values == NULL || **values == '\0'))
		config_fault(loading, given->place, key->name, "is required in the production profile");
	for (; *values != NULL; values++)
		if (**values != '\0' && !secret_is_fit(loading, key, *values, given->place))
			break;
}

/* Where a key that is told by its member was given. */
static const char *
place_of(struct loading *loading, const void *member)
{
	for (size_t i = 0; i < config_key_count; i++)
		if ((const char *)loading->config + config_keys[i].offset == (const char *)member)
			return loading->given[i].place;
	return NULL;
}

/* Every product may be of the class "standard" and most are: an order of one must find a rule. */
static bool
taxes_standard(const char *const *rules)
{
	if (*rules == NULL)
		return true;
	for (; *rules != NULL; rules++)
		if (**rules == '*' || strncmp(*rules, "standard:", strlen("standard:")) == 0)
			return true;
	return false;
}

/* Does the connection to it never leave this machine? */
static bool
is_this_machine(const char *host)
{
	return strcmp(host, "localhost") == 0 || strcmp(host, "127.0.0.1") == 0 || strcmp(host, "::1") == 0;
}

static void
check_mail(struct loading *loading)
{
	const struct config *config = loading->config;

	if (!config_has_mail(config))
		return;
	if (*config->mail.from == '\0')
		config_fault(loading, NULL, "mail.from", "is required when letters are sent");
	if ((*config->mail.username == '\0') != (*config->mail.password == '\0'))
		config_fault(loading, NULL, *config->mail.username == '\0' ? "mail.username" : "mail.password",
		    "is required when the other of mail.username and mail.password is given");
	if (*config->mail.host == '\0')
		return;
	if (config->mail.tls == MAIL_PLAIN && !is_this_machine(config->mail.host))
		config_fault(loading, place_of(loading, &config->mail.tls), "mail.tls",
		    "must be starttls or tls for a server on another machine");
	if (*config->mail.ca_file != '\0' && access(config->mail.ca_file, R_OK) != 0)
		config_fault(loading, place_of(loading, &config->mail.ca_file), "mail.ca_file", "cannot read '%s': %s",
		    config->mail.ca_file, strerror(errno));
	if (config->mail.timeout_ms * 2 > config->jobs.lease_seconds * 1000)
		config_fault(loading, place_of(loading, &config->mail.timeout_ms), "mail.timeout_ms",
		    "must be at most half of jobs.lease_seconds");
}

/* A message's place in its group, and that it comes once, are matters of FIFO queues alone. */
static void
check_sqs(struct loading *loading)
{
	const struct config *config = loading->config;
	const char          *url = config->sqs.queue_url;

	if (*url == '\0')
		return;
	if (strlen(url) < 5 || strcmp(url + strlen(url) - 5, ".fifo") != 0)
		config_fault(loading, place_of(loading, &config->sqs.queue_url), "sqs.queue_url",
		    "must be the URL of a FIFO queue, which ends in .fifo");
	if (*config->sqs.access_key_id == '\0')
		config_fault(loading, NULL, "sqs.access_key_id", "is required with sqs.queue_url");
	if (*config->sqs.secret_access_key == '\0')
		config_fault(loading, NULL, "sqs.secret_access_key", "is required with sqs.queue_url");
}

/* Without its secret, whoever signs in with Google would be sent there in vain. */
static void
check_google(struct loading *loading)
{
	const struct config *config = loading->config;

	if (*config->auth.google.client_id != '\0' && *config->auth.google.client_secret == '\0')
		config_fault(loading, NULL, "auth.google.client_secret", "is required with auth.google.client_id");
}

/* The store in use has what its calls need; its public ids and URLs need no escapes. */
static void
check_media(struct loading *loading)
{
	static const char    allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./";
	const struct config *config = loading->config;
	const struct {
		int         store;
		const char *key, *value;
	} needed[] = {
		{ MEDIA_S3, "media.s3.bucket", config->media.s3.bucket },
		{ MEDIA_S3, "media.s3.access_key_id", config->media.s3.access_key_id },
		{ MEDIA_S3, "media.s3.secret_access_key", config->media.s3.secret_access_key },
		{ MEDIA_CLOUDINARY, "media.cloudinary.cloud_name", config->media.cloudinary.cloud_name },
		{ MEDIA_CLOUDINARY, "media.cloudinary.api_key", config->media.cloudinary.api_key },
		{ MEDIA_CLOUDINARY, "media.cloudinary.api_secret", config->media.cloudinary.api_secret },
	};

	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
		if (needed[i].store == config->media.store && *needed[i].value == '\0')
			config_fault(loading, NULL, needed[i].key, "is required with media.store = %s",
			    media_storage_values[config->media.store]);
	if (config->media.s3.bucket[strspn(config->media.s3.bucket, allowed)] != '\0')
		config_fault(loading, place_of(loading, &config->media.s3.bucket), "media.s3.bucket", "is no name of a bucket");
	if (config->media.cloudinary.folder[strspn(config->media.cloudinary.folder, allowed)] != '\0')
		config_fault(loading, place_of(loading, &config->media.cloudinary.folder), "media.cloudinary.folder",
		    "must be letters, digits, hyphens, underscores, dots and slashes");
	if (config->media.store != MEDIA_LOCAL && config->media.timeout_ms * 2 > config->jobs.lease_seconds * 1000)
		config_fault(loading, place_of(loading, &config->media.timeout_ms), "media.timeout_ms",
		    "must be at most half of jobs.lease_seconds");
}

/* The days are numbers already. */
static bool
are_ascending(const char *const *days)
{
	for (; days[0] != NULL && days[1] != NULL; days++)
		if (strtoll(days[0], NULL, 10) >= strtoll(days[1], NULL, 10))
			return false;
	return true;
}

void
config_check_whole(struct loading *loading)
{
	const struct config *config = loading->config;

	if (*config->database.socket == '\0' && *config->database.host == '\0')
		config_fault(loading, NULL, "database.host", "is required when database.socket is empty");
	if (!taxes_standard(config->orders.tax))
		config_fault(loading, place_of(loading, &config->orders.tax), "orders.tax",
		    "must have a rule for the class standard or for *");
	if (!are_ascending(config->subscriptions.retry_days))
		config_fault(loading, place_of(loading, &config->subscriptions.retry_days), "subscriptions.retry_days",
		    "must be ascending");
	if (config->payments.flutterwave.version == FLUTTERWAVE_V4)
		config_fault(loading, place_of(loading, &config->payments.flutterwave.version), "payments.flutterwave.version",
		    "must be v3: v4 has no payment page");
	check_google(loading);
	check_mail(loading);
	check_sqs(loading);
	check_media(loading);
}

/* Money of PayPal's sandbox is none; the other way round, a live app is refused by PayPal's sandbox itself. */
static void
check_paypal(struct loading *loading)
{
	const struct config *config = loading->config;

	if (config->payments.paypal.environment == PAYPAL_SANDBOX)
		config_fault(loading, place_of(loading, &config->payments.paypal.environment), "payments.paypal.environment",
		    "must be live in the production profile");
	if (strstr(config->payments.paypal.base_url, ".sandbox.paypal.com") != NULL)
		config_fault(loading, place_of(loading, &config->payments.paypal.base_url), "payments.paypal.base_url",
		    "must not be PayPal's sandbox in the production profile");
	if (strstr(config->payments.bkash.base_url, ".sandbox.bka.sh") != NULL)
		config_fault(loading, place_of(loading, &config->payments.bkash.base_url), "payments.bkash.base_url",
		    "must not be bKash's sandbox in the production profile");
}

void
config_check_production(struct loading *loading)
{
	const struct config *config = loading->config;

	for (size_t i = 0; i < config_key_count; i++) {
		const struct key *key = &config_keys[i];

		if (key->secret || key->need != NEED_NEVER)
			check_secret(loading, key);
		else if (key->form == FORM_BASE_URL && strncmp(KEY_TEXT(config, key), "http:", 5) == 0)
			config_fault(
			    loading, loading->given[i].place, key->name, "must begin with https:// in the production profile");
	}
	check_paypal(loading);
	if (*config->mail.directory != '\0')
		config_fault(loading, place_of(loading, &config->mail.directory), "mail.directory",
		    "must be empty in the production profile");
	if (!config->limits.enabled)
		config_fault(loading, place_of(loading, &config->limits.enabled), "limits.enabled",
		    "must be true in the production profile");
	if (config->auth.bcrypt_cost > 0 && config->auth.bcrypt_cost < 10)
		config_fault(loading, place_of(loading, &config->auth.bcrypt_cost), "auth.bcrypt_cost",
		    "must be at least 10 in the production profile");
}
