#include "http/cors.h"

#include "base/config.h"
#include "http/request.h"

static bool
is_localhost(const char *origin)
{
	static const char *const hosts[] = { "localhost", "127.0.0.1", "[::1]", NULL };
	const char              *host = strstr(origin, "://");

	if (host == NULL || (strncmp(origin, "http://", 7) != 0 && strncmp(origin, "https://", 8) != 0))
		return false;
	host += 3;
	for (size_t i = 0; hosts[i] != NULL; i++) {
		size_t length = strlen(hosts[i]);

		if (strncmp(host, hosts[i], length) == 0 &&
		    (host[length] == '\0' ||
			(host[length] == ':' && strspn(host + length + 1, "0123456789") == strlen(host + length + 1))))
			return true;
	}
	return false;
}

static bool
is_allowed_origin(const struct config *config, const char *origin)
{
	for (size_t i = 0; config->http.origins[i] != NULL; i++)
		if (strcmp(config->http.origins[i], origin) == 0)
			return true;
	return config->profile == PROFILE_DEVELOPMENT && is_localhost(origin);
}

/* The origin is compared whole: "https://shop.test.evil.test" and "https://shop.test@evil.test" are others. */
bool
is_allowed_url(const struct config *config, const char *url)
{
	enum { ORIGIN_MAX = 300 };
	const char *scheme = strstr(url, "://");
	size_t      length = scheme == NULL ? 0 : (size_t)(scheme + 3 - url) + strcspn(scheme + 3, "/?#");
	char        origin[ORIGIN_MAX];

	if (length == 0 || length >= sizeof origin)
		return false;
	memcpy(origin, url, length);
	origin[length] = '\0';
	return strcmp(origin, config->public_url) == 0 || is_allowed_origin(config, origin);
}

bool
cors_is_preflight(const struct request *request)
{
	const char *method = request_header(request, "REQUEST_METHOD");

	return method != NULL && strcmp(method, "OPTIONS") == 0 &&
	    request_header(request, "HTTP_ACCESS_CONTROL_REQUEST_METHOD") != NULL;
}

void
cors_headers(struct request *request)
{
	const char *origin = request_header(request, "HTTP_ORIGIN");

	if (origin == NULL)
		return;
	respond_header(request, "Vary", "Origin");
	if (strpbrk(origin, "\r\n") != NULL || !is_allowed_origin(request->work->config, origin))
		return;
	respond_header(request, "Access-Control-Allow-Origin", origin);
	respond_header(request, "Access-Control-Allow-Credentials", "true");
	respond_header(request, "Access-Control-Expose-Headers", "ETag, X-Request-Id, Idempotent-Replayed, Retry-After");
	if (!cors_is_preflight(request))
		return;
	respond_header(request, "Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE");
	respond_header(request, "Access-Control-Allow-Headers",
	    "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Cart-Token, X-Correlation-Id, X-Request-Id, "
	    "X-Requested-With, traceparent");
	respond_header(request, "Access-Control-Max-Age", "600");
}
