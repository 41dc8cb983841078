/* haatctl config: check and print the configuration. */
#include "ops/command.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/locale.h"
#include "base/text.h"
#include "media/media.h"
#include "notify/letter_words.h"
#include "pages/error_pages.h"
#include "pages/pages.h"
#include "store/cache.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

enum { PAGE_MODE = 0644, DIRECTORY_MODE = 0755, PAGE_ROOM = 16 * 1024 };

/* Is one of the servers reached over the network? */
static bool
is_on_network(const char *servers)
{
	static const char socket_option[] = "--SOCKET=";

	for (size_t length; *servers != '\0'; servers += length) {
		length = strcspn(servers, " ,");
		if (length == 0)
			length = 1;
		else if (*servers != '/' && strncmp(servers, socket_option, sizeof socket_option - 1) != 0)
			return true;
	}
	return false;
}

static void
warn(const char *key, const char *value, const char *what)
{
	printf("warning: %s = %s: %s\n", key, value, what);
}

/* What is valid and yet will not do what it is meant to. */
static void
check_what_it_names(struct control *control, const struct config *config)
{
	static const char no_network[] =
	    "is on the network, but the installed pools api, auth, hooks and bulk have no network access: see local-only.conf of their units";
	struct cache *cache = cache_open(config, control->arena);

	if (config->profile == PROFILE_PRODUCTION && *config->database.socket == '\0')
		warn("database.host", config->database.host, no_network);
	if (config->profile == PROFILE_PRODUCTION && is_on_network(config->cache.servers))
		warn("cache.servers", config->cache.servers, no_network);
	if (*config->cache.servers == '\0')
		puts("warning: no cache is configured: the shop is slower, and only nginx's limits apply");
	else if (!cache_available(cache))
		warn("cache.servers", config->cache.servers,
		    "memcached is not reachable: without it the shop is slower, and only nginx's limits apply");
	cache_close(cache);
}

static int
run_check(struct control *control, int count, char **arguments)
{
	struct config config;
	struct text   faults = text_new(control->arena, 1000);

	(void)count, (void)arguments;
	if (!config_load(control->config_path, control->arena, &config, &faults) ||
	    (config_has_mail(&config) && !letter_words_load(control->arena, &config, &faults)) || !pages_load(&config, &faults)) {
		fputs(faults.bytes, stderr);
		return COMMAND_FINDING;
	}
	check_what_it_names(control, &config);
	puts("the configuration is valid");
	return COMMAND_OK;
}

static int
run_get(struct control *control, int count, char **arguments)
{
	const char *value = config_get(control->config, arguments[0], control->arena);

	(void)count;
	if (value == NULL)
		return command_misused("unknown key '%s': see 'haatctl config show'", arguments[0]);
	puts(value);
	return COMMAND_OK;
}

static void
print_setting(const char *key, const char *value, bool secret, void *argument)
{
	(void)argument;
	printf("%s = %s\n", key, secret && value[0] != '\0' ? "(secret)" : value);
}

static int
run_show(struct control *control, int count, char **arguments)
{
	(void)count, (void)arguments;
	config_each(control->config, control->arena, print_setting, NULL);
	return COMMAND_OK;
}

static int
run_document(struct control *control, int count, char **arguments)
{
	struct text document = text_new(control->arena, 32768);

	(void)count, (void)arguments;
	config_document(&document);
	fputs(document.bytes, stdout);
	return COMMAND_OK;
}

/* A line for the map of haat.conf that includes it. */
static int
run_nginx(struct control *control, int count, char **arguments)
{
	(void)count, (void)arguments;
	printf("# Made by \"haatctl config nginx\": where pictures are shown from besides the shop itself.\n\"\" \"%s\";\n",
	    media_origins(control->config, control->arena));
	return COMMAND_OK;
}

/* A file is whole or not there: nginx may be sending it. */
static bool
write_page(struct arena *arena, const char *directory, const char *name, const struct text *page)
{
	const char *path = arena_format(arena, "%s/%s.html", directory, name), *draft = arena_format(arena, "%s.new", path);
	FILE       *file = fopen(draft, "w");
	bool        written;

	if (file == NULL)
		return false;
	written = fwrite(page->bytes, 1, page->length, file) == page->length;
	return fclose(file) == 0 && written && chmod(draft, PAGE_MODE) == 0 && rename(draft, path) == 0;
}

static bool
make_directory(const char *directory)
{
	return mkdir(directory, DIRECTORY_MODE) == 0 || errno == EEXIST;
}

/* One language, where $haat_language of nginx's site looks for it. */
static bool
write_pages(struct control *control, const char *directory, const struct locale *locale)
{
	if (locale != NULL)
		directory = arena_format(control->arena, "%s/%s", directory, locale->code);
	if (!make_directory(directory))
		return false;
	for (const struct error_page *page = error_pages; page->name != NULL; page++) {
		struct text html = text_new(control->arena, PAGE_ROOM);

		error_page_print(control->work, locale, page, &html);
		if (!write_page(control->arena, directory, page->name, &html))
			return false;
	}
	return true;
}

static int
run_pages(struct control *control, int count, char **arguments)
{
	const char *const *codes = control->config->pages.languages;
	struct text        faults = text_new(control->arena, 256);

	(void)count;
	if (!pages_load(control->config, &faults))
		return command_cannot("%s", faults.bytes);
	for (size_t i = 0; codes[i] != NULL; i++)
		if (!write_pages(control, arguments[0], i == 0 ? NULL : locale_find(codes[i], strlen(codes[i]))))
			return command_cannot("cannot write the pages into '%s': %s", arguments[0], strerror(errno));
	return COMMAND_OK;
}

const struct command config_commands[] = {
	{ "config check", "",
	    "check the configuration, the templates of letters and pages and what pages say, and warn if the cache is not reachable; exits with 1 if they are invalid",
	    0, 0, true, run_check },
	{ "config get", "KEY", "print the value of a key, even a secret; of a list the first element", 1, 1, false, run_get },
	{ "config show", "", "print the values of all keys, without secrets", 0, 0, false, run_show },
	{ "config document", "", "print a configuration file with all keys, their descriptions and defaults", 0, 0, true,
	    run_document },
	{ "config nginx", "", "print what nginx must know of the configuration: /etc/haat/nginx/media-origins.conf", 0, 0, false,
	    run_nginx },
	{ "config pages", "DIRECTORY", "write the pages that nginx shows where no worker can: /var/lib/haat/pages", 1, 1, false,
	    run_pages },
	{ NULL },
};
