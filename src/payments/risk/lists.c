/*
 * What is looked up without asking anybody: the countries of networks, in the tables that the regional registries publish
 * ("registry|IN|ipv4|1.6.0.0|65536|date|status|..."; the operator fetches them), and the domains of disposable mail.  Read at the
 * first need and kept for the life of the process, sorted, neighbours of one country joined: about 2 MB for the whole world.
 */
#include "base/config.h"
#include "base/country.h"
#include "base/log.h"
#include "base/network.h"
#include "payments/risk/risk.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_BYTES = 512, FIELDS = 7, COUNTRY_BYTES = 3, V4_AT = 12, HALF_BYTES = 8, HALF_BITS = 64 };

/* Of IPv4 the whole address, of IPv6 its first half. */
struct range {
	uint64_t first, last;
	char     country[COUNTRY_BYTES];
};

struct ranges {
	struct range *list;
	size_t        count, room;
};

static struct ranges four, six;
static char        **domains;
static size_t        n_domains, domains_room;
static bool          countries_read, domains_read;

/* Room for one more; false: there is no memory. */
static bool
grow(void **list, size_t count, size_t *room, size_t size)
{
	size_t more = *room == 0 ? 256 : *room * 2;
	void  *grown;

	if (count < *room)
		return true;
	grown = reallocarray(*list, more, size);
	if (grown == NULL)
		return false;
	*list = grown;
	*room = more;
	return true;
}

static uint64_t
big_endian(const unsigned char *bytes, size_t length)
{
	uint64_t value = 0;

	for (size_t i = 0; i < length; i++)
		value = value << 8 | bytes[i];
	return value;
}

static bool
add_range(struct ranges *ranges, uint64_t first, uint64_t last, const char *country)
{
	if (!grow((void **)&ranges->list, ranges->count, &ranges->room, sizeof *ranges->list))
		return false;
	ranges->list[ranges->count] = (struct range) { .first = first, .last = last };
	memcpy(ranges->list[ranges->count++].country, country, COUNTRY_BYTES);
	return true;
}

/* One line of a registry's table; comments, summaries, AS numbers and what is not in use say nothing. */
static bool
take_line(char *line)
{
	char          *fields[FIELDS] = { NULL };
	struct network network;
	uint64_t       size, first;
	bool           is_six;

	for (size_t i = 0; i < FIELDS && line != NULL; i++)
		fields[i] = strsep(&line, "|");
	if (fields[FIELDS - 1] == NULL || !country_known(fields[1]) || !network_parse(fields[3], &network))
		return true;
	is_six = strcmp(fields[2], "ipv6") == 0;
	size = strtoull(fields[4], NULL, 10);
	if ((!is_six && strcmp(fields[2], "ipv4") != 0) || size == 0)
		return true;
	if (!is_six) {
		first = big_endian(network.bytes + V4_AT, sizeof network.bytes - V4_AT);
		return add_range(&four, first, first + size - 1, fields[1]);
	}
	first = big_endian(network.bytes, HALF_BYTES);
	return size > HALF_BITS || add_range(&six, first, first + ((UINT64_C(1) << (HALF_BITS - size)) - 1), fields[1]);
}

static int
by_first(const void *a, const void *b)
{
	const struct range *one = a, *other = b;

	return (one->first > other->first) - (one->first < other->first);
}

static void
sort_and_join(struct ranges *ranges)
{
	size_t kept = 0;

	if (ranges->count == 0)
		return;
	qsort(ranges->list, ranges->count, sizeof *ranges->list, by_first);
	for (size_t i = 1; i < ranges->count; i++) {
		struct range *last = &ranges->list[kept], *next = &ranges->list[i];

		if (next->first == last->last + 1 && strcmp(next->country, last->country) == 0)
			last->last = next->last;
		else
			ranges->list[++kept] = *next;
	}
	ranges->count = kept + 1;
}

/* Calls take(line) for each line of a file; a file that cannot be read is an error in the log and an empty one here. */
static void
read_lines(const char *path, bool (*take)(char *line))
{
	char  line[LINE_BYTES];
	FILE *file = fopen(path, "re");

	if (file == NULL) {
		log_error("cannot read a list of risk", LOG_ID("path", path), LOG_TEXT("cause", strerror(errno)));
		return;
	}
	while (fgets(line, sizeof line, file) != NULL) {
		line[strcspn(line, "\r\n")] = '\0';
		if (line[0] != '#' && line[0] != '\0' && !take(line)) {
			log_error("a list of risk does not fit into memory", LOG_ID("path", path));
			break;
		}
	}
	fclose(file);
}

static int
by_address(const void *key, const void *element)
{
	const uint64_t     *address = key;
	const struct range *range = element;

	return *address < range->first ? -1 : *address > range->last;
}

const char *
risk_country(struct work *work, const struct uuid *address)
{
	static const unsigned char mapped[V4_AT] = { [10] = 0xff, [11] = 0xff };
	bool                       is_six = memcmp(address->bytes, mapped, sizeof mapped) != 0;
	const struct ranges       *ranges = is_six ? &six : &four;
	const unsigned char       *bytes = is_six ? address->bytes : address->bytes + V4_AT;
	uint64_t                   key = big_endian(bytes, is_six ? HALF_BYTES : sizeof address->bytes - V4_AT);
	const struct range        *found;

	for (size_t i = 0; !countries_read && work->config->risk.countries[i] != NULL; i++)
		read_lines(work->config->risk.countries[i], take_line);
	if (!countries_read) {
		sort_and_join(&four);
		sort_and_join(&six);
	}
	countries_read = true;
	if (ranges->count == 0)
		return NULL;
	found = bsearch(&key, ranges->list, ranges->count, sizeof *ranges->list, by_address);
	return found == NULL ? NULL : found->country;
}

static bool
take_domain(char *line)
{
	if (!grow((void **)&domains, n_domains, &domains_room, sizeof *domains))
		return false;
	domains[n_domains] = strdup(line);
	return domains[n_domains] != NULL && ++n_domains > 0;
}

static int
by_name(const void *a, const void *b)
{
	return strcasecmp(*(char *const *)a, *(char *const *)b);
}

/* A domain of the list, or below one. */
bool
risk_is_disposable(struct work *work, const char *domain)
{
	if (!domains_read) {
		read_lines(work->config->risk.disposable_domains, take_domain);
		if (n_domains > 0)
			qsort(domains, n_domains, sizeof *domains, by_name);
	}
	domains_read = true;
	while (n_domains > 0 && domain != NULL) {
		if (bsearch(&domain, domains, n_domains, sizeof *domains, by_name) != NULL)
			return true;
		domain = strchr(domain, '.');
		domain = domain == NULL ? NULL : domain + 1;
	}
	return false;
}
