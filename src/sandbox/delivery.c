#include "base/arena.h"
#include "base/config.h"
#include "base/instant.h"
#include "base/log.h"
#include "sandbox/sandbox.h"

#include <curl/curl.h>
#include <errno.h>

enum {
	ATTEMPTS = 6,
	BACKOFF_FIRST_MS = 250,
	SEND_TIMEOUT_MS = 10000,
	VISIT_TIMEOUT_MS = 60000,
	FLUSH_SECONDS = 15,
	WEBHOOK_URL_MAX = 2048
};

/* One sending of one event, first or repeated. */
struct delivery {
	struct delivery       *next;
	int64_t                due_ms;
	int                    attempts; /* made so far */
	const struct switches *held_by;  /* while it is held back; only to be compared */
	const struct stand_in *stand_in;
	char                   event_text[];
};

/* Waits for a change until the time has come; without a time (0) for as long as it takes. */
static void
wait_until(struct sandbox *sandbox, int64_t due_ms)
{
	struct timespec when = { .tv_sec = due_ms / 1000, .tv_nsec = due_ms % 1000 * 1000000 };

	if (due_ms == 0)
		pthread_cond_wait(&sandbox->changed, &sandbox->lock);
	else
		pthread_cond_timedwait(&sandbox->changed, &sandbox->lock, &when);
}

void
sandbox_stall(struct sandbox *sandbox, int64_t milliseconds)
{
	int64_t until = monotonic_ms() + milliseconds;

	pthread_mutex_lock(&sandbox->lock);
	while (!sandbox->stopping && monotonic_ms() < until)
		wait_until(sandbox, until);
	pthread_mutex_unlock(&sandbox->lock);
}

static struct delivery *
delivery_new(const struct stand_in *stand_in, const char *event_text, int64_t due_ms)
{
	size_t           length = strlen(event_text);
	struct delivery *delivery = calloc(1, sizeof *delivery + length + 1);

	if (delivery == NULL)
		abort();
	delivery->due_ms = due_ms;
	delivery->stand_in = stand_in;
	memcpy(delivery->event_text, event_text, length);
	return delivery;
}

/* Behind everything that is due at the same time or earlier. */
static void
enqueue(struct sandbox *sandbox, struct delivery *delivery)
{
	struct delivery **place = &sandbox->queue;

	while (*place != NULL && (*place)->due_ms <= delivery->due_ms)
		place = &(*place)->next;
	delivery->next = *place;
	*place = delivery;
	pthread_cond_broadcast(&sandbox->changed);
}

/* What these switches held back goes out, the newest first; NULL: what any did. */
static void
release_held(struct sandbox *sandbox, const struct switches *switches)
{
	int64_t           now = monotonic_ms();
	struct delivery **place = &sandbox->held;

	while (*place != NULL) {
		struct delivery *delivery = *place;

		if (switches != NULL && delivery->held_by != switches) {
			place = &delivery->next;
			continue;
		}
		*place = delivery->next;
		delivery->due_ms = now;
		enqueue(sandbox, delivery);
	}
}

static bool
holds_some(const struct sandbox *sandbox, const struct switches *switches)
{
	for (const struct delivery *delivery = sandbox->held; delivery != NULL; delivery = delivery->next)
		if (delivery->held_by == switches)
			return true;
	return false;
}

void
delivery_add(struct sandbox *sandbox, const struct stand_in *stand_in, const struct switches *switches, const char *event_text)
{
	bool others_held = holds_some(sandbox, switches);

	for (int64_t copy = switches_copies(switches); copy > 0; copy--) {
		struct delivery *delivery = delivery_new(stand_in, event_text, monotonic_ms() + switches->webhook_delay_ms);

		if (switches->webhook_reverse) {
			delivery->held_by = switches;
			delivery->next = sandbox->held;
			sandbox->held = delivery;
		} else {
			enqueue(sandbox, delivery);
		}
	}
	if (others_held && switches->webhook_reverse)
		release_held(sandbox, switches);
}

static void
free_list(struct delivery **list)
{
	while (*list != NULL) {
		struct delivery *delivery = *list;

		*list = delivery->next;
		free(delivery);
	}
}

void
delivery_clear(struct sandbox *sandbox)
{
	free_list(&sandbox->queue);
	free_list(&sandbox->held);
}

static size_t
drop_answer(char *bytes, size_t size, size_t count, void *argument)
{
	(void)bytes, (void)argument;
	return size * count;
}

static void
set_address(CURL *curl, const struct config *config, const char *url)
{
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop_answer);
	if (config->sandbox.ca_file != NULL && *config->sandbox.ca_file != '\0')
		curl_easy_setopt(curl, CURLOPT_CAINFO, config->sandbox.ca_file);
}

static void
set_options(CURL *curl, const struct config *config, const char *name, struct curl_slist *headers, const char *event_text)
{
	char url[WEBHOOK_URL_MAX];

	snprintf(url, sizeof url, "%s/%s", config->sandbox.webhook_url, name);
	set_address(curl, config, url);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)SEND_TIMEOUT_MS);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)strlen(event_text));
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS, event_text);
}

int
delivery_visit(const struct sandbox *sandbox, const char *url)
{
	CURL    *curl = curl_easy_init();
	CURLcode outcome = CURLE_FAILED_INIT;
	long     status = 0;

	if (curl != NULL) {
		set_address(curl, sandbox->config, url);
		curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)VISIT_TIMEOUT_MS);
		outcome = curl_easy_perform(curl);
	}
	if (outcome == CURLE_OK)
		curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	else
		log_warning("payer's browser does not reach the shop", LOG_TEXT("cause", curl_easy_strerror(outcome)));
	curl_easy_cleanup(curl);
	return (int)status;
}

/* Sends one event now and waits; HTTP status, 0 when nothing answered.  The handle's connection is used again. */
static int
send_by(CURL *curl, const struct sandbox *sandbox, const struct stand_in *stand_in, const char *event_text)
{
	struct curl_slist *headers = stand_in->sign(sandbox->config, event_text);
	CURLcode           outcome = CURLE_FAILED_INIT;
	long               status = 0;

	if (curl != NULL && headers != NULL) {
		headers = curl_slist_append(headers, "Expect:"); /* curl would wait for a 100 */
		curl_easy_reset(curl);
		set_options(curl, sandbox->config, stand_in->name, headers, event_text);
		outcome = curl_easy_perform(curl);
		if (outcome == CURLE_OK)
			curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	}
	if (outcome != CURLE_OK)
		log_warning("cannot send a webhook", LOG_TEXT("cause", curl_easy_strerror(outcome)));
	else
		log_info("webhook sent", LOG_NUMBER("status", status));
	curl_slist_free_all(headers);
	return (int)status;
}

static int
send_once(const struct sandbox *sandbox, const struct stand_in *stand_in, const char *event_text)
{
	CURL *curl = curl_easy_init();
	int   status = send_by(curl, sandbox, stand_in, event_text);

	curl_easy_cleanup(curl);
	return status;
}

static bool
is_taken(const struct stand_in *stand_in, int status)
{
	return status == 200 || (!stand_in->wants_200 && status > 200 && status <= 299);
}

/* Gives the delivery another time, later each time, or gives it up. */
static void
retry_later(struct sandbox *sandbox, struct delivery *delivery)
{
	if (++delivery->attempts >= ATTEMPTS) {
		log_warning("webhook failed after its last attempt", LOG_NUMBER("attempts", delivery->attempts));
		free(delivery);
		return;
	}
	delivery->due_ms = monotonic_ms() + ((int64_t)BACKOFF_FIRST_MS << (delivery->attempts - 1));
	enqueue(sandbox, delivery);
}

void *
delivery_run(void *argument)
{
	struct sandbox *sandbox = argument;
	CURL           *curl = curl_easy_init();

	pthread_mutex_lock(&sandbox->lock);
	while (!sandbox->stopping) {
		struct delivery *delivery = sandbox->queue;
		int              status;

		if (delivery == NULL || delivery->due_ms > monotonic_ms()) {
			wait_until(sandbox, delivery == NULL ? 0 : delivery->due_ms);
			continue;
		}
		sandbox->queue = delivery->next;
		sandbox->sending++;
		pthread_mutex_unlock(&sandbox->lock);
		status = send_by(curl, sandbox, delivery->stand_in, delivery->event_text);
		pthread_mutex_lock(&sandbox->lock);
		sandbox->sending--;
		if (is_taken(delivery->stand_in, status))
			free(delivery);
		else
			retry_later(sandbox, delivery);
		pthread_cond_broadcast(&sandbox->changed);
	}
	pthread_mutex_unlock(&sandbox->lock);
	curl_easy_cleanup(curl);
	return NULL;
}

void
delivery_before_answer(struct call *call)
{
	struct sandbox *sandbox = call->sandbox;

	for (size_t i = 0; call->caused != NULL && i < json_object_array_length(call->caused); i++) {
		const char      *text = json_object_get_string(json_object_array_get_idx(call->caused, i));
		struct delivery *again;

		if (is_taken(call->stand_in, send_once(sandbox, call->stand_in, text)))
			continue;
		again = delivery_new(call->stand_in, text, 0);
		pthread_mutex_lock(&sandbox->lock);
		retry_later(sandbox, again);
		pthread_mutex_unlock(&sandbox->lock);
	}
}

static int64_t
count_pending(const struct sandbox *sandbox)
{
	int64_t count = sandbox->sending;

	for (const struct delivery *delivery = sandbox->queue; delivery != NULL; delivery = delivery->next)
		count++;
	return count;
}

/* Everything goes out now, what was held back in reverse; the answer waits until it has been taken or given up. */
void
delivery_flush(struct call *call)
{
	struct sandbox     *sandbox = call->sandbox;
	int64_t             until = monotonic_ms() + FLUSH_SECONDS * 1000;
	struct json_object *body = json_object_new_object();

	pthread_mutex_lock(&sandbox->lock);
	for (struct delivery *delivery = sandbox->queue; delivery != NULL; delivery = delivery->next)
		delivery->due_ms = 0;
	release_held(sandbox, NULL);
	pthread_cond_broadcast(&sandbox->changed);
	/* One that is on its way already was not waiting for this. */
	put_integer(body, "released", count_pending(sandbox) - sandbox->sending);
	while (count_pending(sandbox) > 0 && !sandbox->stopping && monotonic_ms() < until)
		wait_until(sandbox, until);
	put_integer(body, "pending", count_pending(sandbox));
	pthread_mutex_unlock(&sandbox->lock);
	answer_json(call, 200, body);
}

/* What is sent of an event. */
static const char *
text_of(const struct json_object *event)
{
	const struct json_object *sent = json_object_object_get(event, "sent");

	return json_text(sent == NULL ? event : sent);
}

void
delivery_again(struct call *call)
{
	struct sandbox     *sandbox = call->sandbox;
	struct json_object *event = NULL, *body;
	const char         *text = NULL;
	int                 status;

	pthread_mutex_lock(&sandbox->lock);
	for (size_t i = 0; event == NULL && stand_ins[i] != NULL; i++) {
		event = state_find(sandbox, stand_ins[i]->events, call->captured[0]);
		call->stand_in = stand_ins[i];
	}
	if (event != NULL)
		text = arena_string(call->arena, text_of(event));
	pthread_mutex_unlock(&sandbox->lock);
	if (text == NULL) {
		call->stand_in->answer_fault(call, 404, "id", "No such event.");
		return;
	}
	status = send_once(sandbox, call->stand_in, text);
	body = json_object_new_object();
	put_bool(body, "delivered", is_taken(call->stand_in, status));
	put_integer(body, "status", status);
	answer_json(call, 200, body);
}

/* The provider's events that name the mark, the oldest first. */
static void
add_events(struct call *call, const struct stand_in *stand_in, struct json_object *results)
{
	size_t               count;
	struct json_object **events = state_newest_first(call->sandbox, stand_in->events, call->arena, &count);

	while (count-- > 0) {
		struct json_object *result;

		if (strstr(text_of(events[count]), call->captured[0]) == NULL)
			continue;
		result = json_object_new_object();
		put_text(result, "provider", stand_in->name);
		put_text(result, "body", text_of(events[count]));
		json_object_array_add(results, result);
	}
}

static void
add_headers(const struct sandbox *sandbox, const struct stand_in *stand_in, struct json_object *result)
{
	struct curl_slist  *lines = stand_in->sign(sandbox->config, get_text(result, "body"));
	struct json_object *headers = json_object_new_array();

	for (const struct curl_slist *line = lines; line != NULL; line = line->next)
		json_object_array_add(headers, json_object_new_string(line->data));
	curl_slist_free_all(lines);
	json_object_object_add(result, "headers", headers);
}

void
delivery_show(struct call *call)
{
	struct json_object *results = json_object_new_array(), *body = json_object_new_object();
	size_t              signed_count = 0;

	for (size_t i = 0; stand_ins[i] != NULL; i++) {
		pthread_mutex_lock(&call->sandbox->lock);
		add_events(call, stand_ins[i], results);
		pthread_mutex_unlock(&call->sandbox->lock);
		for (; signed_count < json_object_array_length(results); signed_count++)
			add_headers(call->sandbox, stand_ins[i], json_object_array_get_idx(results, signed_count));
	}
	json_object_object_add(body, "results", results);
	answer_json(call, 200, body);
}
