/* The routes of API keys: a shop's own, and those of all shops for staff. */
#include "accounts/accounts.h"
#include "accounts/api_keys.h"

#include "http/page.h"
#include "http/request.h"

struct api_key_body {
	const char        *name;
	const char *const *scopes;
	size_t             n_scopes;
};

static const struct member api_key_body_members[] = {
	M_TEXT(struct api_key_body, name, "name", 100, .required = true, .min = 1, .example = "\"web shop\""),
	M_TEXTS(struct api_key_body, scopes, n_scopes, "scopes", SCOPES_MAX, .required = true, .min = 1,
	    .example = "[\"payment:take_own\", \"payment:read_own\"]",
	    .description = "Permissions for what is the shop's own, whose names end in _own; not api_key:manage_own."),
};
SHAPE(struct api_key_body, api_key_body_shape, "ApiKeyRequest", api_key_body_members);

struct api_key_list {
	struct api_key *results;
	size_t          n_results;
};

static const struct member api_key_list_members[] = {
	M_ARRAY(struct api_key_list, results, n_results, "results", api_key_shape, 2 * API_KEYS_MAX),
};
SHAPE(struct api_key_list, api_key_list_shape, "ApiKeyList", api_key_list_members);

static const struct problem *
handle_list_keys(struct request *request)
{
	struct api_key_list list;

	TRY(list_api_keys(request->work, &list.results, &list.n_results));
	return respond(request, &list);
}

static const struct problem *
handle_create_key(struct request *request)
{
	const struct api_key_body *body = BODY(request, struct api_key_body);
	struct api_key            *key;

	TRY(create_api_key(request->work, body->name, body->scopes, body->n_scopes, &key));
	return respond(request, key);
}

static const struct problem *
handle_rotate_key(struct request *request)
{
	struct api_key_id id;
	struct api_key   *key;

	TRY(path_id(request, "id", &id.uuid));
	TRY(rotate_api_key(request->work, id, &key));
	return respond(request, key);
}

static const struct problem *
handle_revoke_key(struct request *request)
{
	struct api_key_id id;

	TRY(path_id(request, "id", &id.uuid));
	TRY(revoke_api_key(request->work, id));
	return respond_nothing(request);
}

struct shops_keys_query {
	struct list_query   list;
	struct merchant_id *merchant;
};

static const struct member shops_keys_query_members[] = {
	LIST_QUERY(struct shops_keys_query),
	LIST_FORMAT(struct shops_keys_query),
	M_ID(struct shops_keys_query, merchant, "merchant", .description = "Of one merchant: its id."),
};
SHAPE(struct shops_keys_query, shops_keys_query_shape, "ShopApiKeysQuery", shops_keys_query_members);

PAGE(struct shops_key_page, shops_key_page_shape, "ShopApiKeyPage", staff_api_key_shape);

static const struct problem *
handle_list_shops_keys(struct request *request)
{
	const struct shops_keys_query *query = QUERY(request, struct shops_keys_query);
	struct shops_key_page          answer;
	struct page_request            page;
	struct listed                  listed;

	TRY(page_read(request, &query->list, NULL, 0, &page));
	TRY(list_shops_api_keys(request->work, query->merchant, &page, &answer.results, &listed));
	page_fill(request, &page, &listed, &answer);
	return respond(request, &answer);
}

static const struct problem *
handle_revoke_shops_key(struct request *request)
{
	struct api_key_id id;

	TRY(path_id(request, "id", &id.uuid));
	TRY(revoke_shops_api_key(request->work, id));
	return respond_nothing(request);
}

/* Their answers hold a secret, so they take no Idempotency-Key, whose answers are stored. */
static const struct route api_key_routes[] = {
	{ GET, "/merchants/me/api-keys", .id = "listApiKeys", .permission = PERMISSION(API_KEY_MANAGE_OWN),
	    .answer = { 200, &api_key_list_shape }, .summary = "List your shop's valid API keys", .handler = handle_list_keys },
	{ POST, "/merchants/me/api-keys", .id = "createApiKey", .permission = PERMISSION(API_KEY_MANAGE_OWN), .confirmed = true,
	    .writes = WRITES_DATABASE, .keyless = true, .body = &api_key_body_shape, .answer = { 201, &new_api_key_shape },
	    .errors = ERRORS(CONFLICT), .summary = "Make an API key for your servers",
	    .description = "The key is shown in this answer and never again.", .handler = handle_create_key },
	{ DELETE, "/merchants/me/api-keys/{id}", .id = "revokeApiKey", .permission = PERMISSION(API_KEY_MANAGE_OWN),
	    .writes = WRITES_DATABASE, .answer = { 204, NULL }, .summary = "Revoke an API key, at once",
	    .handler = handle_revoke_key },
	{ POST, "/merchants/me/api-keys/{id}/rotate", .id = "rotateApiKey", .permission = PERMISSION(API_KEY_MANAGE_OWN),
	    .confirmed = true, .writes = WRITES_DATABASE, .keyless = true, .answer = { 201, &new_api_key_shape },
	    .errors = ERRORS(CONFLICT), .summary = "Exchange an API key for a new one",
	    .description = "With the same name and scopes; the old key is valid for 24 hours more.",
	    .handler = handle_rotate_key },
	{ GET, "/api-keys", .id = "listShopsApiKeys", .permission = PERMISSION(USER_READ), .csv = true,
	    .query = &shops_keys_query_shape, .answer = { 200, &shops_key_page_shape }, .errors = ERRORS(BAD_CURSOR),
	    .summary = "List the API keys of all shops, newest first", .description = "Those that were revoked, too.",
	    .handler = handle_list_shops_keys },
	{ DELETE, "/api-keys/{id}", .id = "revokeShopsApiKey", .permission = PERMISSION(USER_MANAGE), .writes = WRITES_DATABASE,
	    .answer = { 204, NULL }, .summary = "Revoke a shop's API key, at once",
	    .description = "For staff who learn of a key that was lost; only its shop makes another.",
	    .handler = handle_revoke_shops_key },
};

ROUTE_TABLE(api_key_table, "API keys", "Keys with which a shop's own servers call the API.", api_key_routes);
