/*
 * api.h: tests that talk to a running shop as its clients do, over TLS, and hold every answer against what it promised.
 *
 * HAAT_RUN and HAAT_PORT say which shop, as for ./dev; without one the program is skipped.  Each answer is checked by
 * itself: a success must keep the shape that its route declares, a failure the one error shape with a code that the route
 * lists.  A route that answered with success is noted in $HAAT_TEST_DIR/routes-hit, where test-routes-hit looks for those
 * that never did.  Everything that is returned lives until the program ends.
 *
 * People are made anew for each run, with e-mail addresses that nobody else has, so that a test never depends on what
 * another left behind; what the API does not give away is read from the database itself.
 */
#ifndef API_H
#define API_H

#include "tests/suite.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_object;

/* One call.  `token` is an access token or NULL; `headers` further ones ("If-Match: \"x\""), ended by NULL, or NULL. */
struct call {
	const char        *method, *path; /* below /api/v1, but for "/health", "/ready", "/metrics" */
	const char        *token, *body;  /* body: JSON text or NULL */
	const char *const *headers;
	size_t             length; /* of a body that may hold NUL; 0: it is a text */
};

struct answer {
	const char         *asked;   /* "POST /accounts/login", for messages */
	int                 status;  /* 0: there was no answer */
	const char         *headers; /* as they came, lines ending in \r\n */
	const char         *body;
	size_t              length;
	struct json_object *json;         /* NULL when the body is not JSON */
	long                round_trips;  /* of the worker to the database; -1 when it did not say */
	long                milliseconds; /* from the call to the last byte */
};

/* Header lines for api_call: HEADERS("If-Match: \"x\""). */
#define HEADERS(...) ((const char *const[]) { __VA_ARGS__, NULL })

/* The answer of one call, checked. */
struct answer api_call(const char *method, const char *path, const char *token, const char *body, const char *const *headers);

#define api_get(path, token) api_call("GET", (path), (token), NULL, NULL)
#define api_post(path, token, body) api_call("POST", (path), (token), (body), NULL)
#define api_put(path, token, body) api_call("PUT", (path), (token), (body), NULL)
#define api_patch(path, token, body) api_call("PATCH", (path), (token), (body), NULL)
#define api_delete(path, token) api_call("DELETE", (path), (token), NULL, NULL)

/*
 * How many times a GET goes to the database once its worker has prepared its statements: the least of several calls, each
 * of which must be a 200.
 */
long api_round_trips(const char *path, const char *token);

/* Many calls at once, each on a connection of its own; answers[i] belongs to calls[i]. */
void api_calls(const struct call *calls, size_t count, struct answer *answers);

/* A text that lives until the program ends. */
char *form(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same text, its ASCII letters in lower case. */
char *in_lower_case(const char *text);

/* The value of a header of the answer (name in any case), or NULL. */
const char *header_of(const struct answer *answer, const char *name);

/* A member of the answer by its path ("items.0.id"): its text (numbers as they stand), NULL when null or not there. */
const char         *text_at(const struct answer *answer, const char *path);
int64_t             number_at(const struct answer *answer, const char *path);
bool                bool_at(const struct answer *answer, const char *path);
bool                has_at(const struct answer *answer, const char *path);    /* there, and not null */
size_t              length_at(const struct answer *answer, const char *path); /* of an array */
struct json_object *value_at(const struct answer *answer, const char *path);

/* Was the answer that?  If not, the failure shows the body and ends the test, because what follows would mean nothing. */
void expect_status(const struct answer *answer, int status, const char *file, unsigned line);
void expect_problem(const struct answer *answer, int status, const char *code, const char *file, unsigned line);
void expect_fault(const struct answer *answer, const char *member, const char *file, unsigned line);
#define EXPECT(got_, status) expect_status((struct answer[]) { got_ }, (status), __FILE__, __LINE__)
#define EXPECT_PROBLEM(got_, status, code) expect_problem((struct answer[]) { got_ }, (status), (code), __FILE__, __LINE__)
/* A validation failure whose details name the member. */
#define EXPECT_FAULT(got_, member) expect_fault((struct answer[]) { got_ }, (member), __FILE__, __LINE__)

/* Somebody with an account who is signed in. */
struct person {
	const char *email, *phone, *password, *name, *id;
	const char *access, *refresh, *session;
	const char *merchant; /* of a shopkeeper, else NULL */
};

/* An e-mail address and a phone number that nobody had yet. */
const char       *fresh_email(const char *name);
const char       *fresh_phone(void);
extern const char good_password[];

/* A new account of the role ("customer", "shopkeeper", "admin" ...), signed in; a shopkeeper's shop is active, in USD. */
struct person person_new(const char *role);

/* A customer who has not answered the letter that verifies the address; the others have. */
struct person person_unverified(void);

/* A shopkeeper whose shop sells in `currency`. */
struct person shopkeeper_new(const char *currency);

/* Sign in (again): sets access, refresh and session. */
void person_login(struct person *person);

/*
 * Straight into the test's database: the rows a statement changed; the first column of its first row (NULL, 0: none).  Ids
 * are text here: in quotes in the statement (sql_ids_to_bytes), and as an answer.
 */
int64_t     sql_run(const char *format, ...) __attribute__((format(printf, 1, 2)));
const char *sql_text(const char *format, ...) __attribute__((format(printf, 1, 2)));
int64_t     sql_number(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* "https://localhost:8443". */
const char *api_origin(void);

/* Where the shop keeps its state: $HAAT_RUN. */
const char *shop_directory(void);

/* The file of the routes that were hit. */
const char *routes_hit_path(void);

#endif
