#include "net/target.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/network.h"
#include "net/resolve.h"
#include "store/work.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netdb.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

enum { RESOLVE_MS = 2000 };

/* Not public, by RFC 6890 and its successors; 168.63.129.16 is Azure's, 2001::/23 has Teredo in it. */
static const char *const closed[] = { "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16",
	"169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
	"198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "2001::/23", "2001:db8::/32", "2002::/16",
	"3fff::/20" };

/* IPv6 addresses that are a public IPv4 one in other words. */
static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff }, nat64[12] = { 0, 0x64, 0xff, 0x9b };

/* The address as text, that of the IPv4 one where it carries one; false for other families. */
static bool
write_address(const struct sockaddr *address, char text[INET6_ADDRSTRLEN], bool *six)
{
	const unsigned char *bytes;

	*six = address->sa_family == AF_INET6;
	if (address->sa_family == AF_INET)
		return inet_ntop(AF_INET, &((const struct sockaddr_in *)address)->sin_addr, text, INET6_ADDRSTRLEN) != NULL;
	if (!*six)
		return false;
	bytes = ((const struct sockaddr_in6 *)address)->sin6_addr.s6_addr;
	*six = memcmp(bytes, mapped, sizeof mapped) != 0 && memcmp(bytes, nat64, sizeof nat64) != 0;
	if (*six)
		return inet_ntop(AF_INET6, bytes, text, INET6_ADDRSTRLEN) != NULL;
	return inet_ntop(AF_INET, bytes + sizeof mapped, text, INET6_ADDRSTRLEN) != NULL;
}

static bool
is_in(const char *network, const char *address)
{
	struct network parsed;

	return network_parse(network, &parsed) && network_contains(&parsed, address);
}

static bool
is_public(const struct sockaddr *address)
{
	char text[INET6_ADDRSTRLEN];
	bool six;

	if (!write_address(address, text, &six) || (six && !is_in("2000::/3", text)))
		return false;
	for (size_t i = 0; i < sizeof closed / sizeof *closed; i++)
		if (is_in(closed[i], text))
			return false;
	return true;
}

bool
target_may_be(const struct config *config, const struct sockaddr *address, bool plain)
{
	char text[INET6_ADDRSTRLEN];
	bool six;

	if (!plain && is_public(address))
		return true;
	if (!write_address(address, text, &six) || (plain && config->profile != PROFILE_DEVELOPMENT))
		return false;
	for (const char *const *network = config->deliveries.allow_networks; *network != NULL; network++)
		if (is_in(*network, text))
			return true;
	return false;
}

/* A part of the URL in the arena, or NULL. */
static const char *
part_of(struct arena *arena, CURLU *url, CURLUPart part)
{
	char       *found = NULL;
	const char *copy;

	if (curl_url_get(url, part, &found, part == CURLUPART_PORT ? CURLU_DEFAULT_PORT : 0) != CURLUE_OK)
		return NULL;
	copy = arena == NULL ? "" : arena_string(arena, found);
	curl_free(found);
	return copy;
}

static const char *
fault_of(const struct config *config, CURLU *url, const char *text)
{
	bool https = strncasecmp(text, "https://", 8) == 0, http = strncasecmp(text, "http://", 7) == 0;

	if (!https && !(http && config->profile == PROFILE_DEVELOPMENT))
		return "must begin with https://";
	if (curl_url_set(url, CURLUPART_URL, text, 0) != CURLUE_OK)
		return "is not a URL";
	if (part_of(NULL, url, CURLUPART_USER) != NULL || part_of(NULL, url, CURLUPART_PASSWORD) != NULL)
		return "must not name a user";
	if (part_of(NULL, url, CURLUPART_FRAGMENT) != NULL)
		return "must not have a fragment";
	return part_of(NULL, url, CURLUPART_HOST) == NULL ? "has no host" : NULL;
}

/* What the resolver says of the host now: no address, or one that may not be, is a fault. */
static const char *
resolve_fault(struct work *work, const char *host, const char *port, bool plain)
{
	size_t           length = strlen(host);
	struct addrinfo *found;
	const char      *fault = NULL;

	if (host[0] == '[' && length > 2)
		host = arena_format(work->arena, "%.*s", (int)(length - 2), host + 1);
	if (resolve_within(host, port, RESOLVE_MS, &found) != 0)
		return "names a host that cannot be resolved";
	for (const struct addrinfo *one = found; one != NULL && fault == NULL; one = one->ai_next)
		if (!target_may_be(work->config, one->ai_addr, plain))
			fault = "must lead to a public address";
	freeaddrinfo(found);
	return fault;
}

const struct problem *
target_check(struct work *work, const char *text)
{
	CURLU      *url = curl_url();
	const char *fault = url == NULL ? "is not a URL" : fault_of(work->config, url, text), *host = NULL, *port = NULL;

	if (fault == NULL) {
		host = part_of(work->arena, url, CURLUPART_HOST);
		port = part_of(work->arena, url, CURLUPART_PORT);
	}
	curl_url_cleanup(url);
	if (fault == NULL)
		fault = host == NULL ? "has no host" : resolve_fault(work, host, port, strncasecmp(text, "http://", 7) == 0);
	return fault == NULL ? OK : problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "url", fault);
}
