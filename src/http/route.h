/*
 * route.h: the table that says everything about a call of the API.
 *
 * A row names method, path, permission, body, answer, errors and handler; from it come matching, the checks in front of
 * the handler, the API document, the linter and the tests.  A subject exports one `struct route_table`; the main lists
 * the tables.  Paths are below /api/v1 and written with parameters in braces: "/orders/{id}/cancel".  One slash at the end
 * of a path that is asked for is ignored.
 */
#ifndef ROUTE_H
#define ROUTE_H

#include "base/problem.h"
#include "base/shape.h"
#include "http/permission.h"

struct request;
struct text;

enum method { GET, POST, PUT, PATCH, DELETE, METHOD__COUNT };
enum pool { POOL_API, POOL_AUTH, POOL_PAY, POOL_HOOKS, POOL_BULK, POOL__COUNT };

/* What the handler does to the world, and so who opens the transaction and keeps the Idempotency-Key. */
enum route_writes {
	WRITES_NOTHING,
	WRITES_DATABASE, /* the handler runs whole in one transaction, its answer rendered inside, the key in it too */
	WRITES_ITSELF,   /* the handler opens its own transactions, and calls no provider: login */
	WRITES_PROVIDER, /* the handler calls a provider between its transactions: the key is committed first, with a lease */
};

/* What a body may be; several are joined by |.  0: JSON. */
enum route_takes {
	TAKES_JSON = 1,
	TAKES_FORM = 2, /* application/x-www-form-urlencoded, into the struct of .body, which has scalar members only */
	TAKES_MULTIPART =
	    4,           /* multipart/form-data: .upload says which parts; of pool api besides JSON only, and bulk answers it */
	TAKES_RAW = 8,   /* any; the handler reads request->raw: webhooks.  Stands alone */
	TAKES_FILE = 16, /* text/csv or JSON lines, or the same packed: the one file of .upload; .body stays NULL */
};

/* How the answer goes out. */
enum route_sends {
	SENDS_WHOLE,  /* from memory: respond(), respond_text() and the like */
	SENDS_STREAM, /* piece by piece: stream_begin(), stream_flush() */
	SENDS_FILE,   /* by nginx from the disk: respond_file() */
};

/*
 * Which bucket of http/limit.h counts the call.  Each purpose has its own; LIMIT_DEFAULT goes by what the call does and who
 * makes it: a write of an account or of nobody, a read of an account.
 */
enum route_limit {
	LIMIT_DEFAULT,
	LIMIT_NONE,
	LIMIT_SIGN_IN, /* of the account that .limit_member names, or of who is signed in, and of the address */
	LIMIT_PAYMENT, /* begins a payment */
	LIMIT_REFRESH, /* of the address; the handler counts the token */
	LIMIT_COUPON,  /* the default, and a check of a coupon: always, or where .limit_member is there */
	LIMIT_SUGGEST, /* of the address, in a minute */
	LIMIT_WEBHOOK, /* nginx counts by the path's parameter what a sender of webhooks signs; the handler what nobody has signed */
};

/*
 * A constant list of error codes, ended by PROBLEM__COUNT: ERRORS(NOT_FOUND, CART_EMPTY).  A set that routes share is a
 * macro of names: #define DRAFT_ERRORS NOT_FOUND, CART_EMPTY, then ERRORS(DRAFT_ERRORS, CONFLICT).  At most 256 names; in
 * tables at file scope only, where a compound literal is constant.
 */
#define ERRORS(...) ((const enum problem_code[]) { ERRORS_256_(ERRORS_FIRST_(__VA_ARGS__)) PROBLEM__COUNT })
#define ERRORS_FIRST_(name, ...) PROBLEM_##name, __VA_OPT__(ERRORS_NEXT_ ERRORS_NOTHING_()(__VA_ARGS__))
#define ERRORS_NOTHING_
#define ERRORS_NEXT_() ERRORS_FIRST_
#define ERRORS_256_(...) ERRORS_64_(ERRORS_64_(ERRORS_64_(ERRORS_64_(__VA_ARGS__))))
#define ERRORS_64_(...) ERRORS_16_(ERRORS_16_(ERRORS_16_(ERRORS_16_(__VA_ARGS__))))
#define ERRORS_16_(...) ERRORS_4_(ERRORS_4_(ERRORS_4_(ERRORS_4_(__VA_ARGS__))))
#define ERRORS_4_(...) ERRORS_1_(ERRORS_1_(ERRORS_1_(ERRORS_1_(__VA_ARGS__))))
#define ERRORS_1_(...) __VA_ARGS__

struct route {
	enum method       method;
	const char       *path;
	const char       *id;         /* operationId, and the route in logs and metrics */
	uint64_t          permission; /* one of these bits is enough; PUBLIC; SIGNED_IN; STAFF */
	enum pool         pool;       /* whose workers answer; nginx learns it by haatd --nginx, other workers refuse the call */
	enum route_writes writes;
	enum route_limit  limit;
	const char       *limit_member; /* the text of the body that the limit looks at; NULL: none */
	bool              keyless;      /* takes no Idempotency-Key though it is a POST (tokens, webhooks) */
	bool retold;    /* its answer has a secret and is not kept: a repetition has it of the handler, by what was made */
	bool once;      /* a form of a page: with the key in its field "form_key" it does nothing again (http/idempotency.h) */
	bool confirmed; /* of a person: their sign-in or confirmation is young (auth.confirm_seconds) */
	bool by_key;    /* an API key may call it that has the permission; of a PUBLIC row, any */
	bool optional_user; /* PUBLIC, but a token is honoured when it is good */
	bool guest;         /* also for nobody, who has the token of a cart in the header X-Cart-Token; the handler looks at it */
	bool csv;           /* a list that may be had as a table: http/table.h */
	bool tagged;        /* a GET with an ETag, that answers 304 to the If-None-Match that names it */
	const char
		*unaudited; /* why a call that is no GET leaves no record in the audit; NULL: it leaves one (test-routes-hit) */
	bool     any_query; /* the query string is somebody else's (a provider's) */
	unsigned takes;     /* TAKES_... | ... */
	enum route_sends    sends;
	bool                outside; /* not below /api/v1: /health, /ready, /metrics */
	bool                local;   /* for callers of http.watchers only, and answered within seconds or not at all; pool api */
	const struct shape *query, *body;
	struct {
		const char *files; /* the name of the parts that are files; NULL: none */
		unsigned    max;   /* how many of them */
		const char *json;  /* the part that holds .body as JSON; NULL: the fields are its members */
		bool        large; /* up to http.import_bytes; may be packed by gzip, and is unpacked as it comes */
		bool
		    kept; /* pictures and videos: written where upload_keep_media can name them below media.originals_directory */
	} upload;
	struct {
		int                 status;
		const struct shape *shape; /* NULL: no body, or not JSON of ours */
	} answer;
	const char              *answer_type; /* when it is not JSON: "text/plain" */
	const char              *other_type;  /* what it may be instead, as the query asks; NULL: nothing */
	const enum problem_code *errors;      /* ERRORS(...) beyond those that follow from the other columns; may be NULL */
	const char              *summary;
	const char              *description; /* more, for the API document; may be NULL */
	const struct problem *(*handler)(struct request *request);

	/*
	 * Of a page for people: answers a problem in place of the JSON, by respond_text; the status is the problem's already.  NULL:
	 * the one error shape.
	 */
	void (*show_problem)(struct request *request, const struct problem *problem);
};

struct route_table {
	const char         *tag; /* heading in the API document */
	const char         *description;
	const struct route *routes;
	size_t              count;
};

#define ROUTE_TABLE(table, tag_, description_, list) \
	const struct route_table table = { \
		.tag = tag_, .description = description_, .routes = list, .count = sizeof(list) / sizeof *(list) \
	}

enum { PARAMETERS_OF_PATH_MAX = 3, ROUTES_MAX = 512 };

/* The Content-Type of each TAKES_ but raw; ended by takes 0. */
extern const struct body_type {
	unsigned    takes;
	const char *name;
} body_types[];

extern const char *const method_values[]; /* "GET", ... NULL */
extern const char *const pool_values[];   /* "api", ... NULL */

/* Tell the router its tables (a NULL-terminated list that stays); before anything else of this header. */
void routes_use(const struct route_table *const *tables);

/* The tables, as given. */
const struct route_table *const *routes_tables(void);

/* The shape of the items of a list's answer; NULL: it is none. */
const struct shape *route_items(const struct route *route);

/*
 * The route of a method and a raw path (still percent-encoded, without the query).  NULL when there is none; then
 * *allowed has a bit for each method that the path knows.  `parameters` receive where the path's parameters stand.
 */
struct path_parameter {
	const char *name; /* points into the route's path, `name_length` bytes */
	const char *text; /* points into the path asked for */
	size_t      name_length, length;
};
const struct route *route_find(
    enum method method, const char *path, struct path_parameter parameters[PARAMETERS_OF_PATH_MAX], unsigned *allowed);

/*
 * Where two rows of one method match a path, the one that has a fixed word where the other has a parameter goes first, by
 * the leftmost segment that differs, whatever the order in the tables: "/categories/tree" before "/categories/{category}",
 * "/payments/return/{provider}" before "/payments/{reference}/refunds".
 */
bool routes_meet(const struct route *one, const struct route *other);
bool route_goes_first(const struct route *one, const struct route *other);

/* A running number of the route, 0 .. routes_count()-1, for metrics; and the name that goes with it. */
size_t             routes_count(void);
size_t             route_index(const struct route *route);
const char *const *route_ids(void);

/* Whether a route may answer an error: it lists the code, or the code follows from its other columns. */
bool route_may_answer(const struct route *route, enum problem_code code);

/* Whether a client may send an Idempotency-Key. */
bool route_takes_key(const struct route *route);

/*
 * Checks the tables: permission set, ids unique, no two rows of one method with the same path but for the names of
 * parameters, parameters well-formed, summaries there, bodies only where bodies can be, answers declared.  Appends one line
 * per fault; true when there is none.
 */
bool routes_lint(struct text *faults);

#endif
