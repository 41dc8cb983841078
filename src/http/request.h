/*
 * request.h: one request as a handler sees it, and how it answers.
 *
 * The dispatcher (dispatch.c) has done everything that the route's row says before the handler runs: the user is known
 * and permitted, body and query are checked structs.  A handler calls its use-case and answers with exactly one of the
 * respond functions, or returns the problem.  Everything lives in the arena until the answer has gone out.
 */
#ifndef REQUEST_H
#define REQUEST_H

#include "base/text.h"
#include "http/blocklist.h"
#include "http/route.h"
#include "store/stamped.h"
#include "store/version.h"
#include "store/work.h"

#include <fcgiapp.h>

struct jwt_keys;
struct locale;

enum { UPLOAD_DIGEST = 32 };

/* A file of a multipart body: on the disk without a name, read from its beginning; closed with the arena. */
struct upload {
	const char   *filename, *content_type; /* as the client sent them: to be believed in nothing */
	int           fd;
	int64_t       size, sent;            /* as it is stored, and as it came */
	unsigned char digest[UPLOAD_DIGEST]; /* SHA-256 of what is stored, of a large or kept one */
};

struct request {
	struct work           *work;
	const struct route    *route;
	const struct jwt_keys *keys; /* signs the tokens of a sign-in */
	FCGX_Request          *fcgi;
	enum method            method;
	const char            *trace_id; /* "" when nobody traces it */
	const char            *span_id;  /* of the request in its trace; "" likewise */
	const struct locale   *locale;   /* of a page: what its path begins with; NULL: the shop's first language */
	const char            *path,
	    *query; /* raw, as the client sent them, but for one slash at the path's end; query "" when there is none */
	struct path_parameter parameters[PARAMETERS_OF_PATH_MAX];
	const void           *body;         /* the struct of route->body */
	const void           *query_values; /* the struct of route->query */
	const char           *form_key;     /* which form of a page it is, as it says itself; NULL: it does not */
	struct bytes          raw;          /* the body as it came; of an upload a digest */
	struct upload        *uploads;      /* the files of route->upload.files, in their order */
	size_t                n_uploads;

	/* The answer. */
	int         status;
	struct text out;
	struct text headers;        /* further header lines, each ending in \r\n */
	size_t      headers_before; /* the length of those that are not the handler's */
	const char *content_type;
	const char *location; /* of a redirect */
	const char *etag;     /* as sent, in quotes */
	bool        answered;
	bool        streaming; /* piece by piece */
	bool        head_sent;
	uint64_t    started_trips; /* db_round_trips when it began */
};

/* The body or query as its struct. */
#define BODY(request, type) ((const type *)(request)->body)
#define QUERY(request, type) ((const type *)(request)->query_values)

/*
 * A parameter of the path, percent-decoded.  Never NULL in a handler: a path that is not valid UTF-8 was answered NOT_FOUND before
 * it; NULL in what shows a problem of the route.
 */
const char *path_text(struct request *request, const char *name);

/* A parameter of the path as an id: TRY(path_id(request, "id", &order.uuid)).  NOT_FOUND when it is none. */
const struct problem *path_id(struct request *request, const char *name, struct uuid *into);

/* A header of the request, or NULL.  `name` is in CGI form: "HTTP_IF_MATCH". */
const char *request_header(const struct request *request, const char *name);

/* The same for headers where a second one would be an attack: *twice tells that there were several. */
const char *request_single_header(const struct request *request, const char *name, bool *twice);

/* How long ago nginx had read the request; 0 where it does not say.  What waits for a worker is not late for that. */
int64_t request_waited_ms(const struct request *request);

/* A cookie's value in the arena, or NULL. */
const char *request_cookie(const struct request *request, const char *name);

/* Answer with the struct of route->answer.shape and the route's status. */
const struct problem *respond(struct request *request, const void *answer);

/* JSON that is ready (a cached tree, the API document); it is not copied and must live as long as the request. */
const struct problem *respond_json(struct request *request, const char *json, size_t length);

/* Something else than JSON, not copied either. */
const struct problem *respond_text(struct request *request, const char *content_type, const char *bytes, size_t length);

/*
 * Begin an answer that is longer than memory (the row says SENDS_STREAM): the first flush sends the head with the route's status.  Add
 * to the text it returns and flush it from time to time; a page of rows is a good measure.  A problem that the handler
 * returns afterwards breaks the connection off, so that the client sees that the answer is not whole.
 */
struct text *stream_begin(struct request *request, const char *content_type);

/* Send what was added, and empty the text.  False: nobody reads any more, or only the head was asked for; return OK then. */
bool stream_flush(struct request *request);

/*
 * Send so many bytes of a file behind what was added to `out`, which stream_begin returned; INTERNAL when the file has less.  The
 * descriptor stays the caller's.
 */
const struct problem *stream_file(struct request *request, struct text *out, int fd, int64_t length);

/*
 * Let nginx send a file (the row says SENDS_FILE): `path` is below the site's directory of files (location /haat-file/), in
 * UTF-8, without "." and "..".  `filename`: what a browser shall call it; NULL: show it, do not save it.
 */
const struct problem *respond_file(struct request *request, const char *path, const char *content_type, const char *filename);

/* 204 without a body. */
const struct problem *respond_nothing(struct request *request);

/* 303 to `url`, which the caller has checked. */
const struct problem *respond_redirect(struct request *request, const char *url);

/* One more header; neither name nor value may hold line breaks (asserted). */
void respond_header(struct request *request, const char *name, const char *value);

/*
 * Set the entity tag of the answer from the object's version; true when If-None-Match names it, and then the answer is
 * 304 and the handler is done: if (request_not_modified(request, id, version)) return OK;
 */
bool request_not_modified(struct request *request, struct uuid id, int64_t version);

/*
 * Answer with the struct of route->answer.shape under an entity tag made of the object's version and of what is printed,
 * so that it changes with stock and names of others too; 304 when If-None-Match names it.  expected_version reads
 * the version in it only.
 */
const struct problem *respond_tagged(struct request *request, const void *answer, struct uuid id, int64_t version);

/* The same with JSON that is ready, as respond_json takes it. */
const struct problem *respond_json_tagged(
    struct request *request, const char *json, size_t length, struct uuid id, int64_t version);

/*
 * Answer with JSON, or what the row says instead, that memcached may hold for everybody (store/stamped.h), packed where the client takes that, under an entity
 * tag that is the maker's label and what the stamps are; 304, without the document, when If-None-Match names it.
 */
const struct problem *respond_stamped(
    struct request *request, const struct stamped_key *key, stamped_maker *make, void *argument);

/* The label of a document that is one object: respond_tagged's tag begins with it, and expected_version reads it. */
const char *etag_label(struct arena *arena, struct uuid id, int64_t version);

/* What If-Match says, for check_version in the use-case; NULL (any version) when it is absent or "*". */
const struct expected_version *expected_version(const struct request *request);

/*
 * Serves one request from matching to the last byte: what server_run calls.  `argument` is a struct dispatcher.
 */
struct dispatcher {
	struct work           *work;
	const struct jwt_keys *keys;
	enum pool              pool;
	struct blocklist       blocklist; /* {0} holds nobody; the owner frees it (http/blocklist.h) */
	/* Kept between dispatch and dispatch_finished. */
	struct request *request;
	int64_t         started_us;
	uint64_t        started_trips;
	int64_t         started_busy_us;
};

void dispatch(FCGX_Request *fcgi, void *argument);

/* Between requests, every BLOCKLIST_MS: reads the blocked networks again where they have changed. */
void dispatch_idle(void *argument);

/* After the answer has gone: log line, metrics, reset of the arena. */
void dispatch_finished(void *argument);

#endif
