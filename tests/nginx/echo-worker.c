/*
 * echo-worker POOL: a worker that answers what it was told of a request, on the listening socket that is its standard
 * input, and which pool the row of the route names ("row").  "?status=N" makes it answer with that status and a
 * Retry-After of its own; "?size=N" with N bytes; "?policy=1" with a content and an opener policy of its own.
 * Who comes with a ticket to listen is let in, to the channel of the ticket's name; the ticket "blocked" is refused as a blocked network is.
 */
#include "base/log.h"
#include "http/route.h"
#include "http/server.h"
#include "shop.h"

static const char *
parameter(FCGX_Request *request, const char *name)
{
	const char *value = FCGX_GetParam(name, request->envp);

	return value == NULL ? "" : value;
}

static long
query_number(FCGX_Request *request, const char *name)
{
	const char *found = strstr(parameter(request, "QUERY_STRING"), name);

	return found == NULL ? 0 : strtol(found + strlen(name), NULL, 10);
}

static bool
is_refused(FCGX_Request *request)
{
	return strcmp(parameter(request, "REQUEST_URI"), "/live?ticket=blocked") == 0;
}

/* The header that names the channel of who wants to listen; of all others none. */
static const char *
channel_header(FCGX_Request *request)
{
	static const char prefix[] = "/live?ticket=";
	static char       header[512];
	const char       *uri = parameter(request, "REQUEST_URI");

	if (strncmp(uri, prefix, sizeof prefix - 1) != 0)
		return "";
	if (is_refused(request))
		return "X-Refusal: blocked\r\n";
	snprintf(header, sizeof header, "X-Live-Channel: %s\r\n", uri + sizeof prefix - 1);
	return header;
}

/* The pool of the row that the worker would find; "" when there is none. */
static const char *
pool_of_row(FCGX_Request *request)
{
	struct path_parameter parameters[PARAMETERS_OF_PATH_MAX];
	const char           *method = parameter(request, "REQUEST_METHOD"), *uri = parameter(request, "REQUEST_URI");
	int                   index = value_index(method_values, strcmp(method, "HEAD") == 0 ? "GET" : method);
	char                  path[2048];
	unsigned              allowed;
	const struct route   *route;

	snprintf(path, sizeof path, "%.*s", (int)strcspn(uri, "?"), uri);
	route = route_find(index < 0 ? METHOD__COUNT : (enum method)index, path, parameters, &allowed);
	return route == NULL ? "" : pool_values[route->pool];
}

static void
echo(FCGX_Request *request, void *argument)
{
	static const char *const names[] = { "REQUEST_METHOD", "REQUEST_URI", "QUERY_STRING", "CONTENT_TYPE", "CONTENT_LENGTH",
		"REMOTE_ADDR", "REQUEST_ID", "HTTP_X_REQUEST_ID", "HTTP_TRACEPARENT", "HTTP_PROXY", "HTTP_HOST", "HTTPS" };
	long                     status = query_number(request, "status="), size = query_number(request, "size="),
	     told = is_refused(request) ? 403 : 200;
	char part[2048];

	snprintf(part, sizeof part,
	    "Status: %ld\r\nContent-Type: application/json; charset=utf-8\r\nX-Pool: %s\r\n%s%s%s\r\n{\"pool\": \"%s\", \"row\": \"%s\"",
	    status == 0 ? told : status, (const char *)argument,
	    status == 0 ? "" : "Retry-After: 77\r\nX-Request-Id: its-own-idea\r\n",
	    query_number(request, "policy=") == 0
		? ""
		: "Content-Security-Policy: script-src https://pay.example\r\nCross-Origin-Opener-Policy: unsafe-none\r\n"
		  "Referrer-Policy: same-origin\r\n",
	    channel_header(request), (const char *)argument, pool_of_row(request));
	FCGX_PutS(part, request->out);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		snprintf(part, sizeof part, ",\n\"%s\": \"%.1800s\"", names[i], parameter(request, names[i]));
		FCGX_PutS(part, request->out);
	}
	FCGX_PutS(",\n\"padding\": \"", request->out);
	while (size-- > 0)
		FCGX_PutChar('x', request->out);
	FCGX_PutS("\"}\n", request->out);
}

int
main(int argc, char **argv)
{
	struct server server = { .listen_fd = 0, .slots = 64, .serve = echo };

	if (argc != 2)
		return 2;
	server.argument = argv[1];
	routes_use(shop_tables);
	log_open("echo-worker", LOG_LEVEL_WARNING);
	return server_run(&server) == 0 ? 0 : 1;
}
