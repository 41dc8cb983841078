#include "http/route.h"

#include "base/text.h"

static const char base_path[] = "/api/v1";

const char *const method_values[] = { "GET", "POST", "PUT", "PATCH", "DELETE", NULL };
const char *const pool_values[] = { "api", "auth", "pay", "hooks", "bulk", NULL };

const struct body_type body_types[] = { { TAKES_JSON, "application/json" }, { TAKES_FORM, "application/x-www-form-urlencoded" },
	{ TAKES_MULTIPART, "multipart/form-data" }, { TAKES_FILE, "text/csv" }, { 0, NULL } };

/* Routes by the hash of their first segment, which no two subjects share: a handful is compared for a request. */
enum { BUCKETS = 64 };

static const struct route_table *const *tables_used;
static const struct route              *all[ROUTES_MAX];
static const char                      *ids[ROUTES_MAX + 1];
static size_t                           count_all;
static uint16_t                         buckets[BUCKETS][ROUTES_MAX];
static size_t                           bucket_counts[BUCKETS];

bool
routes_meet(const struct route *one, const struct route *other)
{
	const char *path = one->path, *other_path = other->path;

	if (one->method != other->method || one->outside != other->outside)
		return false;
	while (*path == '/' && *other_path == '/') {
		size_t length = strcspn(++path, "/"), other_length = strcspn(++other_path, "/");

		if (*path != '{' && *other_path != '{' && (length != other_length || memcmp(path, other_path, length) != 0))
			return false;
		path += length;
		other_path += other_length;
	}
	return *path == *other_path; /* both at the end */
}

bool
route_goes_first(const struct route *one, const struct route *other)
{
	const char *path = one->path, *other_path = other->path;

	while (*path == '/' && *other_path == '/') {
		path++;
		other_path++;
		if ((*path == '{') != (*other_path == '{'))
			return *other_path == '{';
		path += strcspn(path, "/");
		other_path += strcspn(other_path, "/");
	}
	/* Those never meet; but only so is it one order of all, in which a route finds its place. */
	return *path == '\0' && *other_path == '/';
}

static size_t
first_segment_bucket(const char *path)
{
	size_t hash = 5381;

	/* "GET http://shop.example?a=b" has no path at all. */
	for (const char *c = path + (*path == '/'); *c != '\0' && *c != '/'; c++)
		hash = hash * 33 + (unsigned char)*c;
	return hash % BUCKETS;
}

/* Behind those that go first, else in the order of the tables. */
static void
add_to_bucket(size_t bucket, size_t added)
{
	size_t at = bucket_counts[bucket]++;

	for (; at > 0 && route_goes_first(all[added], all[buckets[bucket][at - 1]]); at--)
		buckets[bucket][at] = buckets[bucket][at - 1];
	buckets[bucket][at] = (uint16_t)added;
}

void
routes_use(const struct route_table *const *tables)
{
	tables_used = tables;
	count_all = 0;
	memset(bucket_counts, 0, sizeof bucket_counts);
	for (; *tables != NULL; tables++)
		for (size_t i = 0; i < (*tables)->count; i++) {
			const struct route *route = &(*tables)->routes[i];

			if (count_all == ROUTES_MAX) {
				fprintf(stderr, "more than %d routes: raise ROUTES_MAX in http/route.h\n", ROUTES_MAX);
				abort();
			}
			ids[count_all] = route->id;
			all[count_all] = route;
			add_to_bucket(first_segment_bucket(route->path), count_all++);
		}
	ids[count_all] = NULL;
}

const struct route_table *const *
routes_tables(void)
{
	return tables_used;
}

size_t
routes_count(void)
{
	return count_all;
}

size_t
route_index(const struct route *route)
{
	for (size_t i = 0; i < count_all; i++)
		if (all[i] == route)
			return i;
	return count_all;
}

const char *const *
route_ids(void)
{
	return ids;
}

/* Compare segment by segment; a segment in braces takes any non-empty one, and one slash at the end counts for nothing. */
static bool
path_matches(const char *pattern, const char *path, struct path_parameter parameters[PARAMETERS_OF_PATH_MAX])
{
	size_t n = 0;

	while (*pattern == '/' && *path == '/') {
		size_t expected = strcspn(++pattern, "/"), got = strcspn(++path, "/");

		if (*pattern == '{') {
			if (got == 0)
				return false;
			parameters[n++] = (struct path_parameter) { pattern + 1, path, expected - 2, got };
		} else if (expected != got || memcmp(pattern, path, got) != 0) {
			return false;
		}
		pattern += expected;
		path += got;
	}
	for (; n < PARAMETERS_OF_PATH_MAX; n++)
		parameters[n] = (struct path_parameter) { NULL, NULL, 0, 0 };
	return *pattern == '\0' && (*path == '\0' || strcmp(path, "/") == 0);
}

const struct shape *
route_items(const struct route *route)
{
	const struct member *results =
	    route->answer.shape == NULL ? NULL : shape_member(route->answer.shape, "results", strlen("results"));

	return results == NULL ? NULL : results->of;
}

const struct route *
route_find(enum method method, const char *path, struct path_parameter parameters[PARAMETERS_OF_PATH_MAX], unsigned *allowed)
{
	bool inside = strncmp(path, base_path, sizeof base_path - 1) == 0 &&
	    (path[sizeof base_path - 1] == '/' || path[sizeof base_path - 1] == '\0');
	size_t bucket;

	*allowed = 0;
	if (inside)
		path += sizeof base_path - 1;
	if (inside && *path == '\0') /* the API itself */
		path = "/";
	bucket = first_segment_bucket(path);
	for (size_t i = 0; i < bucket_counts[bucket]; i++) {
		const struct route *route = all[buckets[bucket][i]];

		if (route->outside == inside || !path_matches(route->path, path, parameters))
			continue;
		if (route->method == method)
			return route;
		*allowed |= 1u << route->method;
	}
	return NULL;
}

static bool
keeps_keys(const struct route *route)
{
	return route->method == POST && !route->keyless && route->writes != WRITES_NOTHING;
}

/* Its key is kept in the transaction, with the address that the form leads to. */
static bool
can_be_once(const struct route *route)
{
	return route->method == POST && route->keyless && route->writes == WRITES_DATABASE && route->answer.status == 303 &&
	    (route->takes & TAKES_FORM) != 0 && route->show_problem != NULL;
}

/* What the dispatcher may answer before or around the handler. */
static bool
is_implied(const struct route *route, enum problem_code code)
{
	bool takes_body = route->body != NULL || route->method == POST || route->method == PATCH || route->method == PUT;

	switch (code) {
	case PROBLEM_INTERNAL:
	case PROBLEM_OVERLOADED:
	case PROBLEM_BAD_REQUEST:
		return true;
	case PROBLEM_UNAUTHENTICATED:
	case PROBLEM_TOKEN_EXPIRED:
	case PROBLEM_SESSION_ENDED:
	case PROBLEM_ACCOUNT_DISABLED:
		return route->permission != PUBLIC;
	case PROBLEM_CONFIRMATION_REQUIRED:
		return route->confirmed;
	case PROBLEM_MERCHANT_INACTIVE:
		return route->by_key;
	case PROBLEM_TOTP_SETUP_REQUIRED:
		return route->permission != PUBLIC && route->permission != SIGNED_IN;
	case PROBLEM_FORBIDDEN:
		/* A browser's cookie changes something for pages of ours only. */
		return route->local || (route->permission != PUBLIC && (route->permission != SIGNED_IN || route->method != GET));
	case PROBLEM_DATABASE_LOST:
	case PROBLEM_DATABASE_BUSY:
		return !route->local || route->permission != PUBLIC || route->optional_user;
	case PROBLEM_RATE_LIMITED:
	case PROBLEM_BLOCKED:
		return !route->local;
	case PROBLEM_VALIDATION_FAILED:
		return takes_body || !route->any_query;
	case PROBLEM_MALFORMED_JSON:
	case PROBLEM_BODY_TOO_LARGE:
	case PROBLEM_UNSUPPORTED_MEDIA_TYPE:
		return takes_body;
	case PROBLEM_NOT_FOUND:
		return strchr(route->path, '{') != NULL;
	case PROBLEM_OUTCOME_UNCERTAIN:
		return route->writes == WRITES_DATABASE || route->writes == WRITES_PROVIDER;
	case PROBLEM_IDEMPOTENCY_RUNNING:
		return keeps_keys(route) || route->once;
	case PROBLEM_IDEMPOTENCY_MISMATCH:
		return keeps_keys(route);
	default:
		return false;
	}
}

bool
route_takes_key(const struct route *route)
{
	return route->method == POST && !route->keyless && (route->writes == WRITES_DATABASE || route->writes == WRITES_PROVIDER);
}

bool
route_may_answer(const struct route *route, enum problem_code code)
{
	for (const enum problem_code *error = route->errors; error != NULL && *error != PROBLEM__COUNT; error++)
		if (*error == code)
			return true;
	return is_implied(route, code);
}

static bool
braces_are_right(const char *path)
{
	if (path[0] != '/')
		return false;
	for (const char *c = path; *c != '\0'; c++)
		if (*c == '{') {
			size_t length = strcspn(c, "}/");

			if (c[-1] != '/' || c[length] != '}' || length < 2 || (c[length + 1] != '\0' && c[length + 1] != '/'))
				return false;
		}
	return true;
}

static size_t
parameters_of(const char *path)
{
	size_t count = 0;

	for (const char *c = path; *c != '\0'; c++)
		count += *c == '{';
	return count;
}

static bool
lists_an_error_twice(const struct route *route)
{
	for (const enum problem_code *error = route->errors; error != NULL && *error != PROBLEM__COUNT; error++)
		for (const enum problem_code *other = route->errors; other != error; other++)
			if (*other == *error)
				return true;
	return false;
}

/* Do fields of a form become members of the body? */
static bool
fields_are_taken(const struct route *route)
{
	return route->body != NULL &&
	    ((route->takes & TAKES_FORM) != 0 || ((route->takes & TAKES_MULTIPART) != 0 && route->upload.json == NULL));
}

static bool
shape_is_flat(const struct shape *shape)
{
	for (size_t i = 0; i < shape->count; i++)
		if (shape->members[i].of != NULL)
			return false;
	return true;
}

/* Is the member that the limit looks at a text of the body? */
static bool
is_text_of_body(const struct route *route)
{
	for (size_t i = 0; route->body != NULL && i < route->body->count; i++)
		if (strcmp(route->body->members[i].name, route->limit_member) == 0)
			return route->body->members[i].kind == MEMBER_TEXT;
	return false;
}

/* Does the query of a table say as what it is wanted? */
static bool
asks_format(const struct route *route)
{
	return route->query != NULL && shape_member(route->query, "format", strlen("format")) != NULL;
}

/* One of people's, and no document of the API. */
static bool
is_page(const struct route *route)
{
	return route->outside && route->answer_type != NULL && strncmp(route->answer_type, "text/html", strlen("text/html")) == 0;
}

static void
lint_route(const struct route *route, struct text *faults)
{
	const char *id = route->id == NULL ? "(no id)" : route->id;

#define FAULT_IF(condition, says) \
	do { \
		if (condition) \
			text_addf(faults, "%s: %s\n", id, says); \
	} while (0)
	FAULT_IF(route->id == NULL, "has no id");
	FAULT_IF(route->permission == 0, "has no permission");
	FAULT_IF(route->handler == NULL, "has no handler");
	FAULT_IF(route->summary == NULL, "has no summary");
	FAULT_IF(!braces_are_right(route->path), "has a malformed path");
	FAULT_IF(parameters_of(route->path) > PARAMETERS_OF_PATH_MAX, "has more parameters than PARAMETERS_OF_PATH_MAX");
	FAULT_IF(route->answer.status == 0, "has no answer status");
	FAULT_IF(route->answer.status != 204 && route->answer.status != 303 && route->answer.shape == NULL &&
		route->answer_type == NULL,
	    "has no answer shape");
	FAULT_IF(route->body != NULL && (route->method == GET || route->method == DELETE), "takes a body its method cannot have");
	FAULT_IF(route->method != GET && route->writes == WRITES_NOTHING && !route->keyless, "does not say what it writes");
	FAULT_IF(route->method == GET && route->writes == WRITES_DATABASE, "writes on GET");
	FAULT_IF(route->method == GET && route->unaudited != NULL, "says why it is not audited, but is a GET");
	FAULT_IF(route->once && !can_be_once(route), "is done once, but is no form that leads on from one transaction");
	FAULT_IF(lists_an_error_twice(route), "lists an error twice");
	FAULT_IF(route->path[0] == '/' && route->path[1] == '{', "begins with a parameter");
	FAULT_IF((route->takes & TAKES_RAW) != 0 && (route->takes != TAKES_RAW || route->body != NULL),
	    "takes a raw body and another");
	FAULT_IF((route->takes & (TAKES_MULTIPART | TAKES_FILE)) != 0 && route->pool != POOL_BULK &&
		(route->pool != POOL_API || (route->takes & TAKES_JSON) == 0),
	    "takes uploads, but is not of pool bulk");
	FAULT_IF(
	    (route->takes & (TAKES_MULTIPART | TAKES_FILE)) == 0 && (route->upload.files != NULL || route->upload.json != NULL),
	    "names parts, but takes no multipart");
	FAULT_IF((route->upload.files == NULL) != (route->upload.max == 0), "does not say how many files it takes");
	FAULT_IF(fields_are_taken(route) && !shape_is_flat(route->body), "takes a form into members that no field can hold");
	FAULT_IF(route->sends != SENDS_WHOLE && route->answer.shape != NULL, "streams or sends a file, but answers a shape");
	FAULT_IF(route->sends == SENDS_STREAM && route->writes != WRITES_NOTHING, "streams, but writes");
	FAULT_IF(route->csv && (route->method != GET || route_items(route) == NULL || !asks_format(route)),
	    "is a table, but no list whose query has a format");
	FAULT_IF(route->tagged && route->method != GET, "is tagged, but no GET");
	FAULT_IF(route->local && route->pool != POOL_API, "is local, but not of pool api");
	FAULT_IF(route->limit_member != NULL && !is_text_of_body(route), "has a limit that looks at no text of its body");
	FAULT_IF(route->limit_member != NULL && route->limit != LIMIT_SIGN_IN && route->limit != LIMIT_COUPON,
	    "names a member for a limit that looks at none");
	FAULT_IF(
	    route->limit == LIMIT_COUPON && route->limit_member == NULL && route->method != GET, "names no member for its limit");
	FAULT_IF(keeps_keys(route) && (route->answer_type != NULL || route->sends != SENDS_WHOLE),
	    "keeps Idempotency-Keys, but its answer is no JSON from memory, which alone is stored and sent again");
	FAULT_IF(
	    route->by_key && !route->optional_user && (route->permission == SIGNED_IN || key_permissions(route->permission) == 0),
	    "is for API keys, but its permission is none that a key can have");
	FAULT_IF(route->optional_user && route->permission != PUBLIC, "is not public, so its user is not optional");
	FAULT_IF(is_page(route) && route->show_problem == NULL, "is a page, but shows problems as JSON");
	FAULT_IF(is_page(route) && route->body != NULL && (route->takes & (TAKES_FORM | TAKES_MULTIPART)) == 0,
	    "is a page, but takes no form");
#undef FAULT_IF
}

bool
routes_lint(struct text *faults)
{
	size_t before = faults->length;

	for (size_t i = 0; i < count_all; i++) {
		lint_route(all[i], faults);
		for (size_t j = 0; j < i; j++) {
			if (strcmp(all[i]->id, all[j]->id) == 0)
				text_addf(faults, "%s: the id is used twice\n", all[i]->id);
			if (routes_meet(all[i], all[j]) && !route_goes_first(all[i], all[j]) && !route_goes_first(all[j], all[i]))
				text_addf(faults, "%s: %s %s matches the same paths as %s\n", all[i]->id,
				    method_values[all[i]->method], all[i]->path, all[j]->path);
		}
	}
	return faults->length == before;
}
