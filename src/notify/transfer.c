#include "notify/transfer.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "notify/body.h"
#include "notify/secret.h"
#include "net/target.h"
#include "store/work.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ANSWER_READ_MAX = 65536, HEAD_READ_MAX = 65536, ERROR_MAX = 255, RETRY_AFTER_MAX = 24 * 3600, BUFFER_BYTES = 16384 };

static const char refused_address[] = "its address is not public";

/* What is more than the cap makes libcurl give up; what there is then is enough to judge by. */
static size_t
take_body(char *bytes, size_t size, size_t count, void *argument)
{
	struct transfer *transfer = argument;
	size_t           length = size * count, room = ANSWER_BODY_MAX;

	if (transfer->answered < room)
		memcpy(transfer->answer + transfer->answered, bytes,
		    length < room - transfer->answered ? length : room - transfer->answered);
	transfer->answered += length;
	return transfer->answered > ANSWER_READ_MAX ? 0 : length;
}

static size_t
take_head(char *bytes, size_t size, size_t count, void *argument)
{
	struct transfer *transfer = argument;

	(void)bytes;
	transfer->headed += size * count;
	return transfer->headed > HEAD_READ_MAX ? 0 : size * count;
}

/* libcurl is about to connect to this address and no other. */
static curl_socket_t
open_socket(void *argument, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct transfer *transfer = argument;

	if (purpose != CURLSOCKTYPE_IPCXN || !target_may_be(transfer->config, &address->addr, transfer->plain)) {
		transfer->closed = true;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* One signature, and that of the old secret while it counts; false when the shop's seal secret is another now. */
static const char *
sign(struct work *work, const struct due_endpoint *endpoint, const char *id, int64_t now, const char *body)
{
	struct bytes secret, old;
	const char  *signature;

	if (!secret_open(work, endpoint->id, endpoint->secret, &secret))
		return NULL;
	signature = secret_sign(work->arena, secret, id, now, body, strlen(body));
	if (endpoint->old_secret.length == 0 || !secret_open(work, endpoint->id, endpoint->old_secret, &old))
		return signature;
	return arena_format(work->arena, "%s %s", signature, secret_sign(work->arena, old, id, now, body, strlen(body)));
}

static struct curl_slist *
headers_of(
    struct work *work, const struct due_delivery *delivery, const struct due_event *said, const char *signature, int64_t now)
{
	const char *const  lines[] = { "Content-Type: application/json",
		 "Expect:", arena_format(work->arena, "webhook-id: %s", uuid_text(work->arena, delivery->event.uuid)),
		 arena_format(work->arena, "webhook-timestamp: %lld", (long long)now),
		 arena_format(work->arena, "webhook-signature: %s", signature),
                said->request_id == NULL ? NULL : arena_format(work->arena, "X-Request-Id: %s", said->request_id) };
	struct curl_slist *headers = NULL;

	for (size_t i = 0; i < sizeof lines / sizeof *lines && lines[i] != NULL; i++)
		if ((headers = curl_slist_append(headers, lines[i])) == NULL)
			abort();
	return headers;
}

static void
set_options(struct transfer *transfer, const struct config *config, const char *url)
{
	CURL *curl = transfer->curl;

	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_PRIVATE, transfer);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, transfer->headers);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)strlen(transfer->body));
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS, transfer->body);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, transfer->plain ? "http" : "https");
	curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(curl, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "haat/" PACKAGE_VERSION);
	curl_easy_setopt(curl, CURLOPT_CAINFO, config->certificates.roots_file);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)config->deliveries.connect_timeout_ms);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)config->deliveries.timeout_ms);
	/* Nobody waits for the thread that asks a name server which does not answer. */
	curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(curl, CURLOPT_BUFFERSIZE, (long)BUFFER_BYTES);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, transfer);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_head);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, transfer);
	curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, transfer);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, transfer->error);
}

static struct transfer *
hopeless(struct attempt *attempt, const char *why)
{
	attempt->outcome = ATTEMPT_HOPELESS;
	attempt->error = why;
	return NULL;
}

struct transfer *
transfer_new(struct work *work, const struct due_endpoint *endpoint, const struct due_delivery *delivery,
    const struct due_event *said, struct attempt *attempt)
{
	int64_t            now = unix_seconds();
	struct transfer   *transfer;
	struct curl_slist *headers;
	const char        *body, *signature;

	*attempt = (struct attempt) { .delivery = delivery->id,
		.endpoint = endpoint->id,
		.aggregate = delivery->aggregate,
		.attempts = delivery->attempts + 1 };
	if (said == NULL)
		return hopeless(
		    attempt, delivery->bytes > DUE_PAYLOAD_MAX ? "the event is too large" : "the event is no longer kept");
	attempt->happened_at = said->created_at;
	body = delivery_body(work->arena, said->type, said->created_at, said->payload, endpoint->merchant, delivery->shared);
	signature = sign(work, endpoint, uuid_text(work->arena, delivery->event.uuid), now, body);
	if (signature == NULL)
		return hopeless(attempt, "its secret cannot be read: rotate it");
	headers = headers_of(work, delivery, said, signature, now); /* the last that needs the arena */
	if ((transfer = calloc(1, sizeof *transfer)) == NULL || (transfer->body = strdup(body)) == NULL ||
	    (transfer->curl = curl_easy_init()) == NULL)
		abort();
	transfer->headers = headers;
	transfer->bytes = strlen(body);
	transfer->config = work->config;
	transfer->attempt = *attempt;
	transfer->started_ms = monotonic_ms();
	transfer->plain = strncasecmp(endpoint->url, "http:", 5) == 0;
	set_options(transfer, work->config, endpoint->url);
	return transfer;
}

/* What others have written as text that a column can hold: what is no UTF-8, and control characters, as '?'; a NUL behind it. */
static void
clean_text(char *text, size_t length)
{
	for (size_t i = 0; i < length;) {
		size_t        bytes = utf8_character(text + i, length - i);
		unsigned char c = (unsigned char)text[i];

		if (bytes == 0 || (c < ' ' && c != '\n' && c != '\t') || c == 0x7f) {
			text[i] = '?';
			bytes = 1;
		}
		i += bytes;
	}
	text[length] = '\0';
}

static enum attempt_outcome
outcome_of(long status)
{
	if (status >= 200 && status < 300)
		return ATTEMPT_DELIVERED;
	if (status == 410)
		return ATTEMPT_GONE;
	return status == 429 || status == 502 || status == 504 ? ATTEMPT_SLOW_DOWN : ATTEMPT_FAILED;
}

void
transfer_ended(struct transfer *transfer, CURLcode code)
{
	struct attempt *attempt = &transfer->attempt;
	bool            too_long = code == CURLE_WRITE_ERROR && transfer->answered > ANSWER_READ_MAX;
	curl_off_t      retry_after = 0;
	long            status = 0;

	transfer->over = true;
	curl_easy_getinfo(transfer->curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(transfer->curl, CURLINFO_RETRY_AFTER, &retry_after);
	attempt->duration_ms = monotonic_ms() - transfer->started_ms;
	attempt->status = status;
	attempt->retry_after_seconds = retry_after > RETRY_AFTER_MAX ? RETRY_AFTER_MAX : retry_after;
	clean_text(transfer->answer, transfer->answered < ANSWER_BODY_MAX ? transfer->answered : ANSWER_BODY_MAX);
	clean_text(transfer->error, strnlen(transfer->error, ERROR_MAX));
	attempt->body = transfer->answered > 0 ? transfer->answer : NULL;
	if (code == CURLE_OK || too_long) {
		attempt->outcome = outcome_of(status);
		attempt->error = attempt->outcome == ATTEMPT_DELIVERED ? NULL : "it answered with another status than 2xx";
		return;
	}
	attempt->outcome = ATTEMPT_FAILED;
	if (transfer->closed)
		attempt->error = refused_address;
	else
		attempt->error = transfer->error[0] != '\0' ? transfer->error : curl_easy_strerror(code);
}

bool
transfer_has_room(const struct transfer *transfers, struct endpoint_id endpoint, size_t bytes, bool *full)
{
	size_t all = 0, its = 0;

	for (const struct transfer *t = transfers; t != NULL; t = t->next) {
		all += t->bytes;
		its += ID_EQUAL(t->attempt.endpoint, endpoint) ? t->bytes : 0;
	}
	*full = all > 0 && all + bytes > TRANSFER_BYTES_MAX;
	return !*full && (its == 0 || its + bytes <= TRANSFER_BYTES_OF_ENDPOINT_MAX);
}

void
transfer_free(struct transfer *transfer)
{
	curl_easy_cleanup(transfer->curl);
	curl_slist_free_all(transfer->headers);
	free(transfer->body);
	free(transfer);
}
