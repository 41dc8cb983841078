#include "payments/return_url.h"

#include "base/arena.h"
#include "base/config.h"

#include <string.h>

/* Does the URL begin with the prefix, which ends where a host or a directory ends? */
static bool
begins_with(const char *url, const char *prefix)
{
	size_t length = strlen(prefix);

	return length > 0 && strncmp(url, prefix, length) == 0 &&
	    (prefix[length - 1] == '/' || strchr("/:?#", url[length]) != NULL);
}

/* An open redirect would lend the shop's name to anybody: "http://localhost.evil" and "http://localhost:x@evil" are out. */
static bool
names_somebody(const char *url)
{
	const char *host = strstr(url, "://") + 3;

	return memchr(host, '@', strcspn(host, "/?#")) != NULL;
}

bool
is_return_url(const struct config *config, const char *url)
{
	if (names_somebody(url))
		return false;
	for (size_t i = 0; config->payments.return_urls[i] != NULL; i++)
		if (begins_with(url, config->payments.return_urls[i]))
			return true;
	return begins_with(url, config->public_url);
}

bool
is_merchants_url(const struct config *config, const char *url)
{
	return is_return_url(config, url) || (strncmp(url, "https://", 8) == 0 && !names_somebody(url));
}

const char *
return_url_with(struct arena *arena, const char *url, const char *name, const char *id, const char *status)
{
	size_t length = strcspn(url, "#");

	return arena_format(arena, "%.*s%c%s=%s&status=%s%s", (int)length, url, memchr(url, '?', length) == NULL ? '?' : '&',
	    name, id, status, url + length);
}
