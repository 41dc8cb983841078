/*
 * echo-worker POOL: a worker that answers what it was told of a request, on the listening socket that is its standard
 * input.  "?status=N" makes it answer with that status and a Retry-After of its own; "?size=N" with N bytes.
 */
#include "base/log.h"
#include "http/server.h"

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

static void
echo(FCGX_Request *request, void *argument)
{
	static const char *const names[] = { "REQUEST_METHOD", "REQUEST_URI", "DOCUMENT_URI", "QUERY_STRING", "CONTENT_TYPE",
		"CONTENT_LENGTH", "REMOTE_ADDR", "REQUEST_ID", "HTTP_X_REQUEST_ID", "HTTP_TRACEPARENT", "HTTP_PROXY",
		"HTTP_HOST", "HTTPS" };
	long status = query_number(request, "status="), size = query_number(request, "size=");
	char part[2048];

	snprintf(part, sizeof part, "Status: %ld\r\nContent-Type: application/json; charset=utf-8\r\n%s\r\n{\"pool\": \"%s\"",
	    status == 0 ? 200 : status, status == 0 ? "" : "Retry-After: 77\r\nX-Request-Id: its-own-idea\r\n",
	    (const char *)argument);
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
	log_open("echo-worker", LOG_LEVEL_WARNING);
	return server_run(&server) == 0 ? 0 : 1;
}
