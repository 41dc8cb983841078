#include "telemetry/outlet.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/ids.h"
#include "base/instant.h"
#include "base/log.h"
#include "base/text.h"
#include "store/work.h"

#include <stdlib.h>
#include <string.h>

enum {
	CONNECT_TIMEOUT_MS = 3000,
	TIMEOUT_MS = 10000,
	PAUSE_FIRST_MS = 1000,
	PAUSE_MAX_MS = 60000,
	RETRY_AFTER_MAX = 3600,
	COMPLAIN_EVERY_MS = 60000
};

struct outlet {
	const struct collector *collector;
	CURLM                  *multi;
	CURL                   *curl;
	struct curl_slist      *headers;

	struct outlet_item *items[OUTLET_ITEMS_MAX]; /* a ring: those of the call under way stand first */
	size_t              first, count, waiting;   /* datagrams; errors or spans in them */
	size_t              under_way;               /* datagrams of the call; 0: there is none */
	int64_t             oldest_ms;               /* since when the first waits */
	int64_t             pause_ms, pause_until_ms, quiet_until_ms, complain_at_ms;

	char   answer[OUTLET_ANSWER_MAX + 1], why[CURL_ERROR_SIZE];
	size_t answered;
};

/* The beginning is enough, and however much follows it is nobody's loss but the time until the call's end. */
static size_t
take_answer(char *bytes, size_t size, size_t count, void *argument)
{
	struct outlet *outlet = argument;
	size_t         room = OUTLET_ANSWER_MAX - outlet->answered, length = size * count < room ? size * count : room;

	memcpy(outlet->answer + outlet->answered, bytes, length);
	outlet->answered += length;
	outlet->answer[outlet->answered] = '\0';
	return size * count;
}

struct outlet *
outlet_open(
    CURLM *multi, const struct config *config, const struct collector *collector, const char *url, const char *const *headers)
{
	struct outlet *outlet = calloc(1, sizeof *outlet);

	if (outlet == NULL || (outlet->curl = curl_easy_init()) == NULL)
		abort();
	outlet->collector = collector;
	outlet->multi = multi;
	for (; *headers != NULL; headers++)
		if ((outlet->headers = curl_slist_append(outlet->headers, *headers)) == NULL)
			abort();
	curl_easy_setopt(outlet->curl, CURLOPT_URL, url);
	curl_easy_setopt(outlet->curl, CURLOPT_PRIVATE, outlet);
	curl_easy_setopt(outlet->curl, CURLOPT_QUICK_EXIT, 1L); /* nobody waits for a name server that does not answer */
	curl_easy_setopt(outlet->curl, CURLOPT_HTTPHEADER, outlet->headers);
	curl_easy_setopt(outlet->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(outlet->curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(outlet->curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(outlet->curl, CURLOPT_PROXY, "");
	curl_easy_setopt(outlet->curl, CURLOPT_USERAGENT, "haat/" PACKAGE_VERSION);
	curl_easy_setopt(outlet->curl, CURLOPT_CAINFO, config->certificates.roots_file);
	curl_easy_setopt(outlet->curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
	curl_easy_setopt(outlet->curl, CURLOPT_TIMEOUT_MS, (long)TIMEOUT_MS);
	curl_easy_setopt(outlet->curl, CURLOPT_WRITEFUNCTION, take_answer);
	curl_easy_setopt(outlet->curl, CURLOPT_WRITEDATA, outlet);
	curl_easy_setopt(outlet->curl, CURLOPT_ERRORBUFFER, outlet->why);
	return outlet;
}

static void
count_items(const struct outlet *outlet, enum telemetry_outcome outcome, size_t count)
{
	if (count > 0)
		metric_add(METRIC_TELEMETRY, outlet->collector->kind, outcome, (int64_t)count);
}

/* Takes off the first so many datagrams; how many errors or spans they were. */
static size_t
forget(struct outlet *outlet, size_t datagrams)
{
	size_t forgotten = 0;

	for (; datagrams > 0; datagrams--) {
		forgotten += outlet->items[outlet->first]->count;
		free(outlet->items[outlet->first]);
		outlet->first = (outlet->first + 1) % OUTLET_ITEMS_MAX;
		outlet->count--;
	}
	outlet->waiting -= forgotten;
	outlet->oldest_ms = monotonic_ms();
	return forgotten;
}

void
outlet_close(struct outlet *outlet)
{
	if (outlet == NULL)
		return;
	if (outlet->under_way > 0)
		curl_multi_remove_handle(outlet->multi, outlet->curl);
	count_items(outlet, TELEMETRY_DROPPED, forget(outlet, outlet->count));
	curl_easy_cleanup(outlet->curl);
	curl_slist_free_all(outlet->headers);
	free(outlet);
}

void
outlet_put(struct outlet *outlet, size_t count, const char *bytes, size_t length)
{
	struct outlet_item *item;
	struct uuid         id = uuid_new();

	if (monotonic_ms() < outlet->quiet_until_ms || outlet->waiting + count > OUTLET_ITEMS_MAX ||
	    (item = malloc(sizeof *item + length + 1)) == NULL) {
		count_items(outlet, TELEMETRY_DROPPED, count);
		return;
	}
	for (size_t i = 0; i < sizeof id.bytes; i++)
		snprintf(item->id + 2 * i, 3, "%02x", id.bytes[i]);
	item->count = count;
	item->length = length;
	memcpy(item->bytes, bytes, length);
	item->bytes[length] = '\0';
	if (outlet->count == 0)
		outlet->oldest_ms = monotonic_ms();
	outlet->items[(outlet->first + outlet->count++) % OUTLET_ITEMS_MAX] = item;
	outlet->waiting += count;
}

int64_t
outlet_wait_ms(const struct outlet *outlet, int64_t most)
{
	int64_t until = outlet->waiting >= outlet->collector->batch ? 0 : outlet->oldest_ms + outlet->collector->wait_ms, left;

	if (outlet->count == 0 || outlet->under_way > 0)
		return most;
	left = (until > outlet->pause_until_ms ? until : outlet->pause_until_ms) - monotonic_ms();
	return left < 0 ? 0 : left < most ? left : most;
}

bool
outlet_is_busy(const struct outlet *outlet)
{
	return outlet->under_way > 0 || (outlet->count > 0 && monotonic_ms() >= outlet->pause_until_ms);
}

/* As many datagrams from the first on as one call takes. */
static size_t
choose(const struct outlet *outlet, struct outlet_item **chosen)
{
	size_t count = 0, items = 0;

	for (; count < outlet->count; count++) {
		struct outlet_item *item = outlet->items[(outlet->first + count) % OUTLET_ITEMS_MAX];

		if (count > 0 && items + item->count > outlet->collector->batch)
			break;
		items += item->count;
		chosen[count] = item;
	}
	return count;
}

void
outlet_begin(struct outlet *outlet, struct work *work, bool hurry)
{
	struct outlet_item *chosen[OUTLET_ITEMS_MAX];
	struct text         body;

	if (hurry ? outlet->under_way > 0 || !outlet_is_busy(outlet) : outlet_wait_ms(outlet, 1) > 0)
		return;
	body = text_new(work->arena, 8192);
	outlet->under_way = choose(outlet, chosen);
	outlet->collector->print(work, chosen, outlet->under_way, &body);
	outlet->answered = 0;
	outlet->answer[0] = outlet->why[0] = '\0';
	curl_easy_setopt(outlet->curl, CURLOPT_POSTFIELDSIZE, (long)body.length);
	curl_easy_setopt(outlet->curl, CURLOPT_COPYPOSTFIELDS, body.bytes);
	if (curl_multi_add_handle(outlet->multi, outlet->curl) != CURLM_OK)
		abort();
}

/* A line a minute says enough; no error, which would come here again. */
static void
complain(struct outlet *outlet, const char *message, int status)
{
	static const char *const what[TELEMETRY_KIND__COUNT] = { [TELEMETRY_ERRORS] = "errors", [TELEMETRY_SPANS] = "spans" };

	if (monotonic_ms() < outlet->complain_at_ms)
		return;
	outlet->complain_at_ms = monotonic_ms() + COMPLAIN_EVERY_MS;
	log_warning(message, LOG_ID("what", what[outlet->collector->kind]), LOG_NUMBER("status", status),
	    LOG_TEXT("cause", status != 0 ? outlet->answer : outlet->why));
}

/* A fifth more or less, so that the shops of one collector do not come together. */
static void
pause_calls(struct outlet *outlet, int64_t retry_after_seconds)
{
	int64_t       doubled = outlet->pause_ms * 2, wait_ms;
	unsigned char random;

	random_bytes(&random, sizeof random);
	outlet->pause_ms = doubled == 0 ? PAUSE_FIRST_MS : doubled < PAUSE_MAX_MS ? doubled : PAUSE_MAX_MS;
	wait_ms = outlet->pause_ms * (80 + random % 41) / 100;
	if (retry_after_seconds * 1000 > wait_ms)
		wait_ms = retry_after_seconds * 1000;
	outlet->pause_until_ms = monotonic_ms() + wait_ms;
}

static const char *
rate_limits(CURL *curl)
{
	struct curl_header *header;

	return curl_easy_header(curl, "X-Sentry-Rate-Limits", 0, CURLH_HEADER, -1, &header) == CURLHE_OK ? header->value : "";
}

/* A status that came counts, whatever became of the rest of the answer. */
static struct outlet_answer
read_answer(struct outlet *outlet, struct work *work, CURLcode code)
{
	struct outlet_answer answer = { .body = outlet->answer, .rate_limits = "" };
	curl_off_t           retry_after = 0;
	long                 status = 0;

	curl_easy_getinfo(outlet->curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(outlet->curl, CURLINFO_RETRY_AFTER, &retry_after);
	answer.status = (int)status;
	answer.retry_after_seconds = retry_after < RETRY_AFTER_MAX ? retry_after : RETRY_AFTER_MAX;
	if (status == 0 && outlet->why[0] == '\0')
		snprintf(outlet->why, sizeof outlet->why, "%s", curl_easy_strerror(code));
	answer.again = status == 0 || status == 502 || status == 503 || status == 504;
	if (status != 0) {
		answer.rate_limits = rate_limits(outlet->curl);
		outlet->collector->read_answer(work, &answer);
	}
	return answer;
}

void
outlet_ended(struct outlet *outlet, struct work *work, CURLcode code)
{
	struct outlet_answer answer = read_answer(outlet, work, code);
	bool                 taken = answer.status >= 200 && answer.status < 300;
	size_t               sent, datagrams = outlet->under_way;

	outlet->under_way = 0;
	if (answer.again) {
		complain(outlet, "cannot send telemetry", answer.status);
		pause_calls(outlet, answer.retry_after_seconds);
		return;
	}
	sent = forget(outlet, datagrams);
	outlet->pause_ms = outlet->pause_until_ms = 0;
	if (!taken)
		answer.refused = sent;
	if (answer.refused > sent)
		answer.refused = sent;
	if (answer.refused > 0)
		complain(outlet, "telemetry was refused", answer.status);
	count_items(outlet, TELEMETRY_REFUSED, answer.refused);
	count_items(outlet, TELEMETRY_SENT, sent - answer.refused);
	if (answer.quiet_seconds > 0) {
		outlet->quiet_until_ms = monotonic_ms() + answer.quiet_seconds * 1000;
		count_items(outlet, TELEMETRY_DROPPED, forget(outlet, outlet->count));
	}
}
