#include "base/arena.h"
#include "base/log.h"
#include "sandbox/sandbox.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>

enum { CALL_MEMORY = 8 << 20, BODY_MAX = 1 << 20, IDLE_SECONDS = 60, HUGE_BYTES = 10 << 20, PIECE_BYTES = 1 << 16 };

/* The first half of the answer, and then nothing more; or far too many blanks. */
static ssize_t
produce_spoiled(void *argument, uint64_t position, char *into, size_t room)
{
	struct call *call = argument;
	size_t       length = call->cut ? strlen(call->answer) / 2 : HUGE_BYTES, left = length - (size_t)position;

	if (left == 0)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	if (room > left)
		room = left;
	if (call->cut)
		memcpy(into, call->answer + position, room);
	else
		memset(into, ' ', room);
	return (ssize_t)room;
}

static struct MHD_Response *
response_of(struct call *call)
{
	struct MHD_Response *response;

	if (call->cut || call->huge)
		return MHD_create_response_from_callback(
		    call->cut ? strlen(call->answer) : HUGE_BYTES + 1, PIECE_BYTES, produce_spoiled, call, NULL);
	response = MHD_create_response_from_buffer(strlen(call->answer), call->answer, MHD_RESPMEM_MUST_FREE);
	call->answer = NULL;
	return response;
}

static void
send_answer(struct call *call)
{
	struct MHD_Response *response = response_of(call);
	const char          *type = call->content_type == NULL ? "application/json" : call->content_type;

	MHD_add_response_header(response, "Content-Type", type);
	MHD_add_response_header(response, "Request-Id", call->request_id);
	MHD_add_response_header(response, "Cache-Control",
	    call->max_age_seconds == 0 ? "no-store" : arena_format(call->arena, "public, max-age=%d", call->max_age_seconds));
	if (call->any_origin) {
		MHD_add_response_header(response, "Access-Control-Allow-Origin", "*");
		MHD_add_response_header(response, "Access-Control-Allow-Headers", "Content-Type, X-Firebase-Locale");
	}
	MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	MHD_add_response_header(response, "Content-Security-Policy",
	    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'");
	if (call->replayed)
		MHD_add_response_header(response, "Idempotent-Replayed", "true");
	if (call->key != NULL)
		MHD_add_response_header(response, "Idempotency-Key", call->key);
	if (call->location != NULL)
		MHD_add_response_header(response, "Location", call->location);
	MHD_queue_response(call->connection, (unsigned)call->status, response);
	MHD_destroy_response(response);
}

static struct call *
call_new(struct sandbox *sandbox, struct MHD_Connection *connection, const char *path, const char *method)
{
	struct arena *arena = arena_new(CALL_MEMORY);
	struct call  *call = ARENA_NEW(arena, struct call);

	call->sandbox = sandbox;
	call->arena = arena;
	call->connection = connection;
	call->method = arena_string(arena, method);
	call->path = arena_string(arena, path);
	call->body = text_new(arena, 1024);
	snprintf(call->request_id, sizeof call->request_id, "%.20s", id_new(arena, "req_"));
	return call;
}

/* The library calls this with the head of a request, with each piece of its body, and at the end. */
static enum MHD_Result
receive(void *sandbox, struct MHD_Connection *connection, const char *path, const char *method, const char *version,
    const char *piece, size_t *piece_length, void **held)
{
	struct call *call = *held;

	(void)version;
	if (call == NULL) {
		*held = call_new(sandbox, connection, path, method);
		return MHD_YES;
	}
	if (*piece_length > 0) {
		call->too_large |= *piece_length > BODY_MAX - call->body.length;
		if (!call->too_large)
			text_add(&call->body, piece, *piece_length);
		*piece_length = 0;
		return MHD_YES;
	}
	call_serve(call);
	send_answer(call);
	return MHD_YES;
}

static void
finished(void *sandbox, struct MHD_Connection *connection, void **held, enum MHD_RequestTerminationCode how)
{
	struct call *call = *held;

	(void)sandbox, (void)connection, (void)how;
	*held = NULL;
	if (call == NULL)
		return;
	free(call->answer);
	json_object_put(call->json);
	json_object_put(call->caused);
	arena_free(call->arena);
}

struct MHD_Daemon *
server_start(struct sandbox *sandbox, uint16_t port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)
	};

	return MHD_start_daemon(MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL | MHD_USE_ITC,
	    port, NULL, NULL, receive, sandbox, MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_NOTIFY_COMPLETED, finished, NULL,
	    MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS, MHD_OPTION_LISTENING_ADDRESS_REUSE, 1u, MHD_OPTION_END);
}
