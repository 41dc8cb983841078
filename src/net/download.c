#include "net/download.h"

#include "base/config.h"
#include "net/target.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <sys/socket.h>

enum { REDIRECTS_MAX = 3, CONNECT_MS = 5000 };

struct running {
	const struct config   *config;
	const struct download *wanted;
	int64_t                size;
	bool                   closed, too_large, stopped;
};

/* Less than it was given makes curl give up. */
static size_t
take(char *bytes, size_t size, size_t count, void *argument)
{
	struct running *running = argument;
	size_t          length = size * count;

	running->size += (int64_t)length;
	running->too_large = running->size > running->wanted->bytes_max;
	if (running->too_large)
		return 0;
	running->stopped = !running->wanted->take(bytes, length, running->wanted->argument);
	return running->stopped ? 0 : length;
}

/* libcurl is about to connect to this address and no other. */
static curl_socket_t
open_socket(void *argument, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct running *running = argument;

	if (purpose == CURLSOCKTYPE_IPCXN && target_may_be(running->config, &address->addr, false))
		return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
	running->closed = true;
	return CURL_SOCKET_BAD;
}

static void
set_options(CURL *curl, struct running *running)
{
	curl_easy_setopt(curl, CURLOPT_URL, running->wanted->url);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
	curl_easy_setopt(curl, CURLOPT_MAXREDIRS, (long)REDIRECTS_MAX);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, running->wanted->protocols);
	curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, running->wanted->protocols);
	curl_easy_setopt(curl, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "haat/" PACKAGE_VERSION);
	curl_easy_setopt(curl, CURLOPT_CAINFO, running->config->certificates.roots_file);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)running->wanted->timeout_ms);
	curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, running);
	curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, running);
}

enum download_outcome
download(const struct config *config, const struct download *wanted, const char **cause)
{
	struct running running = { .config = config, .wanted = wanted };
	CURL          *curl = curl_easy_init();
	CURLcode       code;

	if (curl == NULL)
		abort();
	set_options(curl, &running);
	code = curl_easy_perform(curl);
	curl_easy_cleanup(curl);
	*cause = curl_easy_strerror(code);
	if (running.closed)
		return DOWNLOAD_CLOSED;
	if (running.too_large)
		return DOWNLOAD_TOO_LARGE;
	if (running.stopped)
		return DOWNLOAD_STOPPED;
	return code == CURLE_OK ? DOWNLOADED : DOWNLOAD_FAILED;
}
