#include "tests/api/listening.h"

#include "base/instant.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATIENCE_MS = 20000, HEARD_MAX = 1 << 20 };

struct listener {
	CURL              *easy;
	CURLM             *multi; /* of all but WebSocket */
	struct curl_slist *lines;
	char              *heard; /* ended by NUL; of a WebSocket with the frames' heads, in which NUL became a space */
	size_t             length;
	long               status;
	bool               ended;
};

static size_t
hear(char *bytes, size_t size, size_t count, void *argument)
{
	struct listener *listener = argument;
	size_t           length = size * count;

	if (listener->length + length >= HEARD_MAX)
		return 0;
	memcpy(listener->heard + listener->length, bytes, length);
	for (size_t i = listener->length; i < listener->length + length; i++)
		if (listener->heard[i] == '\0')
			listener->heard[i] = ' ';
	listener->length += length;
	listener->heard[listener->length] = '\0';
	return length;
}

/* WebSocket: the handshake by hand, for this libcurl's own is an experiment; frames of a server are not masked. */
static void
shake_hands(struct listener *listener, const char *url)
{
	const char *path = strstr(strstr(url, "//") + 2, "/");
	const char *asks = form("GET %s HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
				"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
	    path);
	size_t      sent;

	curl_easy_setopt(listener->easy, CURLOPT_CONNECT_ONLY, 1L);
	curl_easy_setopt(listener->easy, CURLOPT_SSL_ENABLE_ALPN, 0L);
	REQUIRE(curl_easy_perform(listener->easy) == CURLE_OK);
	REQUIRE(curl_easy_send(listener->easy, asks, strlen(asks), &sent) == CURLE_OK && sent == strlen(asks));
}

static void
receive(struct listener *listener)
{
	char     bytes[4096];
	size_t   length;
	CURLcode code;

	while ((code = curl_easy_recv(listener->easy, bytes, sizeof bytes, &length)) == CURLE_OK && length > 0)
		hear(bytes, 1, length, listener);
	listener->ended = code != CURLE_AGAIN;
	if (listener->status == 0 && strstr(listener->heard, "\r\n\r\n") != NULL)
		sscanf(listener->heard, "HTTP/1.1 %ld", &listener->status);
}

/* What has come, or a short wait for it. */
static void
listen_on(struct listener *listener)
{
	struct curl_waitfd socket = { .events = CURL_WAIT_POLLIN };
	int                running = 1;

	if (listener->ended)
		return;
	curl_easy_getinfo(listener->easy, CURLINFO_ACTIVESOCKET, &socket.fd);
	if (listener->lines == NULL) {
		curl_multi_poll(listener->multi, &socket, 1, 100, NULL);
		receive(listener);
		return;
	}
	curl_multi_poll(listener->multi, NULL, 0, 100, NULL);
	curl_multi_perform(listener->multi, &running);
	curl_easy_getinfo(listener->easy, CURLINFO_RESPONSE_CODE, &listener->status);
	listener->ended = running == 0;
}

struct listener *
listener_open(const char *url, enum listener_kind kind, const char *header)
{
	struct listener *listener = calloc(1, sizeof *listener);
	int64_t          until = monotonic_ms() + PATIENCE_MS;

	REQUIRE(listener != NULL);
	listener->heard = calloc(1, HEARD_MAX);
	listener->easy = curl_easy_init();
	listener->multi = curl_multi_init();
	curl_easy_setopt(listener->easy, CURLOPT_URL, url);
	curl_easy_setopt(listener->easy, CURLOPT_CAINFO, form("%s/tls/ca.pem", shop_directory()));
	curl_easy_setopt(listener->easy, CURLOPT_WRITEFUNCTION, hear);
	curl_easy_setopt(listener->easy, CURLOPT_WRITEDATA, listener);
	if (kind == BY_WEBSOCKET) {
		shake_hands(listener, url);
	} else {
		listener->lines = curl_slist_append(NULL, kind == BY_EVENTS ? "Accept: text/event-stream" : "Accept: */*");
		if (header != NULL)
			listener->lines = curl_slist_append(listener->lines, header);
		curl_easy_setopt(listener->easy, CURLOPT_HTTPHEADER, listener->lines);
		curl_multi_add_handle(listener->multi, listener->easy);
	}
	/* A long poll answers nothing until there is something. */
	while (listener->status == 0 && !listener->ended && kind != BY_LONG_POLL && monotonic_ms() < until)
		listen_on(listener);
	return listener;
}

long
listener_status(struct listener *listener)
{
	return listener->status;
}

const char *
listener_text(const struct listener *listener)
{
	return listener->heard;
}

bool
listener_has(struct listener *listener, const char *text)
{
	return strstr(listener->heard, text) != NULL;
}

void
listener_hears(struct listener *listener, const char *text, const char *file, unsigned line)
{
	int64_t until = monotonic_ms() + PATIENCE_MS;
	char    says[1200];

	while (!listener_has(listener, text) && !listener->ended && monotonic_ms() < until)
		listen_on(listener);
	snprintf(
	    says, sizeof says, "heard no '%.200s' (%s) in: %.800s", text, listener->ended ? "ended" : "open", listener->heard);
	CU_assertImplementation(listener_has(listener, text) ? CU_TRUE : CU_FALSE, line, says, file, "", CU_TRUE);
}

void
listener_ends(struct listener *listener, const char *file, unsigned line)
{
	int64_t until = monotonic_ms() + PATIENCE_MS;

	while (!listener->ended && monotonic_ms() < until)
		listen_on(listener);
	CU_assertImplementation(listener->ended ? CU_TRUE : CU_FALSE, line, "the connection stays open", file, "", CU_TRUE);
}

void
listener_close(struct listener *listener)
{
	if (listener->lines != NULL)
		curl_multi_remove_handle(listener->multi, listener->easy);
	curl_easy_cleanup(listener->easy);
	curl_multi_cleanup(listener->multi);
	curl_slist_free_all(listener->lines);
	free(listener->heard);
	free(listener);
}

struct answer
ticket_new(const struct person *person, const char *order, const char *body)
{
	struct answer answer =
	    api_post(order == NULL ? "/orders/live-ticket" : form("/orders/%s/live-ticket", order), person->access, body);

	EXPECT(answer, 200);
	REQUIRE(answer.status == 200);
	return answer;
}
