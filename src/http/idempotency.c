#include "http/face.h"
#include "http/idempotency.h"

#include "base/config.h"
#include "base/encoding.h"
#include "http/idempotency_keys.h"
#include "http/respond.h"
#include "store/db.h"

enum { KEY_MAX = 255, FORM_KEY_MAX = 64 };

static struct bytes
digest(struct arena *arena, const struct text *text)
{
	unsigned char *bytes = arena_alloc(arena, KEY_DIGEST_SIZE);

	sha256(text->bytes, text->length, bytes);
	return (struct bytes) { bytes, KEY_DIGEST_SIZE };
}

/* Nobody has anything that could be done twice: who has no cart yet is given one, with what the form puts into it. */
static bool
is_anybody(const struct request *request)
{
	return uuid_is_nil(request->work->viewer.user.uuid) && cart_token(request) == NULL;
}

/* The content is part of the key: who has gone back and changed it wants something else. */
static const struct problem *
read_form_key(struct request *request, struct key *key)
{
	struct arena *arena = request->work->arena;
	const char   *token = cart_token(request);
	struct text   text = text_new(arena, request->raw.length + 512);

	if (request->form_key == NULL || is_anybody(request))
		return OK;
	if (strlen(request->form_key) > FORM_KEY_MAX)
		return problem(BAD_REQUEST, "the form's key is too long");
	text_addf(&text, "%s\n%s?%s\n", token == NULL ? "" : token, request->path, request->query);
	text_add(&text, request->raw.bytes, request->raw.length);
	key->request = digest(arena, &text);
	key->scope =
	    key_scope(request->work, request->route->id, base64url_encode(arena, key->request.bytes, key->request.length));
	return OK;
}

static const struct problem *
read_key(struct request *request, struct key *key)
{
	struct arena       *arena = request->work->arena;
	const struct route *route = request->route;
	const char         *header = request_header(request, "HTTP_IDEMPOTENCY_KEY");
	struct text         text = text_new(arena, request->raw.length + 512);

	*key = (struct key) { { NULL, 0 }, { NULL, 0 } };
	if (route->once)
		return read_form_key(request, key);
	if (header == NULL || request->method != POST || route->keyless)
		return OK;
	if (header[0] == '\0' || strlen(header) > KEY_MAX)
		return problem(BAD_REQUEST, "the Idempotency-Key must have 1 to 255 characters");
	for (const char *c = header; *c != '\0'; c++)
		if (*c < 0x20 || *c > 0x7e)
			return problem(BAD_REQUEST, "the Idempotency-Key must be printable ASCII");
	if (cart_token(request) != NULL) /* guests behind one address are told apart */
		header = arena_format(arena, "%s\n%s", cart_token(request), header);
	key->scope = key_scope(request->work, route->id, header);
	text_addf(&text, "%s?%s\n", request->path, request->query);
	text_add(&text, request->raw.bytes, request->raw.length);
	key->request = digest(arena, &text);
	return OK;
}

static const struct problem *
is_running(void)
{
	return problem(IDEMPOTENCY_RUNNING, "a request with this Idempotency-Key is still running");
}

/* What a key that was there before means for this request. */
static const struct problem *
replay(struct request *request, const struct key *key, const struct stored_answer *stored)
{
	if (stored->request_hash.length != KEY_DIGEST_SIZE ||
	    memcmp(stored->request_hash.bytes, key->request.bytes, KEY_DIGEST_SIZE) != 0)
		return problem(IDEMPOTENCY_MISMATCH, "the Idempotency-Key was used with a different request");
	if (!stored->done)
		return is_running();
	respond_header(request, "Idempotent-Replayed", "true");
	if (request->route->once)
		return respond_redirect(request,
		    arena_copy(request->work->arena, (const char *)stored->response_body.bytes, stored->response_body.length));
	request->answered = true;
	request->status = (int)*stored->response_status;
	request->content_type = stored->response_body.length > 0 ? "application/json; charset=utf-8" : NULL;
	request->out = text_new(request->work->arena, stored->response_body.length);
	text_add(&request->out, stored->response_body.bytes, stored->response_body.length);
	return OK;
}

/* Of a form where it leads to; what is there is shown by the page itself. */
static struct bytes
answer_of(const struct request *request)
{
	if (request->route->once)
		return (struct bytes) { (const unsigned char *)request->location, strlen(request->location) };
	return (struct bytes) { (const unsigned char *)request->out.bytes, request->out.length };
}

static bool
has_succeeded(const struct request *request)
{
	return (request->status >= 200 && request->status <= 299) || (request->route->once && request->status == 303);
}

const struct problem *
idempotency_keep(struct request *request)
{
	struct work          *work = request->work;
	const struct problem *problem;
	struct key            key;
	bool                  is_new;

	TRY(read_key(request, &key));
	if (key.scope.bytes == NULL || !has_succeeded(request))
		return OK;
	problem = key_insert_done(work, &key, request->status, answer_of(request), &is_new);
	if (problem_is(problem, PROBLEM_DATABASE_BUSY) && !db_rolled_back(work->db))
		return is_running();
	TRY(problem);
	return is_new ? OK : is_running();
}

const struct problem *
idempotency_replay(struct request *request, const struct problem *problem)
{
	struct stored_answer *stored;
	struct key            key;

	if (read_key(request, &key) != OK || key.scope.bytes == NULL)
		return problem;
	if (key_read(request->work, &key, &stored) != OK || stored == NULL)
		return problem;
	respond_forget(request);
	return replay(request, &key, stored);
}

static const struct problem *
take_lease(struct request *request, const struct key *key, bool *replayed)
{
	struct work          *work = request->work;
	int64_t               seconds = work->config->http.idempotency_lease_seconds;
	struct stored_answer *stored;
	bool                  is_new;

	*replayed = false;
	TRY(key_insert(work, key, seconds, &is_new));
	if (is_new)
		return OK;
	TRY(key_read(work, key, &stored));
	if (stored == NULL)
		return problem(DATABASE_BUSY, "the Idempotency-Key has just expired; try again");
	if (!stored->done && !stored->leased && memcmp(stored->request_hash.bytes, key->request.bytes, KEY_DIGEST_SIZE) == 0)
		/* Whoever had it died; the row is locked by the INSERT above, so only one takes it over. */
		return key_extend(work, key, seconds);
	*replayed = true;
	return replay(request, key, stored);
}

const struct problem *
idempotency_lease(struct request *request, bool *replayed)
{
	struct key key;

	*replayed = false;
	TRY(read_key(request, &key));
	if (key.scope.bytes == NULL)
		return OK;
	TRY(db_transaction(request->work, take_lease(request, &key, replayed)));
	request->work->leased_key = key.scope.bytes;
	return OK;
}

const struct problem *
idempotency_settle(struct request *request, const struct problem *problem)
{
	struct key key;

	if (problem_is(problem, PROBLEM_OUTCOME_UNCERTAIN))
		return problem;
	TRY(read_key(request, &key));
	if (key.scope.bytes == NULL)
		return problem;
	if (problem != OK)
		request->status = problem_status(problem->code);
	/* What was done is done already; a key that cannot be stored is only a key whose lease runs out. */
	(void)db_transaction(request->work,
	    has_succeeded(request) && !request->route->retold
		? key_store_answer(request->work, &key, request->status, answer_of(request))
		: key_release(request->work, &key));
	return problem;
}
