#include "pages/resume.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "base/instant.h"
#include "base/text.h"
#include "base/vault.h"
#include "http/face.h"
#include "pages/form_view.h"

#include <stdlib.h>
#include <string.h>

enum { AGE_MAX_SECONDS = 3600, FORM_MAX = 64 * 1024, FIELDS_MAX = 100, FIELD_MAX = 64 * 1024 };

static const char purpose[] = "a form to be sent on";

static const struct member resume_field_members[] = {
	M_TEXT(struct resume_field, name, "name", 100),
	M_TEXT(struct resume_field, value, "value", FIELD_MAX),
};
SHAPE(struct resume_field, resume_field_shape, "ResumeField", resume_field_members);

static const struct member resume_view_members[] = {
	M_SITE(struct resume_view),
	M_TEXT(struct resume_view, action, "action", 4096),
	M_ARRAY(struct resume_view, fields, n_fields, "fields", resume_field_shape, FIELDS_MAX),
	M_TEXT(struct resume_view, next, "next", 2048),
	M_BOOLEAN(struct resume_view, is_signed, "is_signed"),
};
SHAPE_SHARED(struct resume_view, resume_view_shape, "ResumeView", resume_view_members);

const char *
page_before(struct request *request)
{
	const char  *from = request_header(request, "HTTP_REFERER"), *shop = request->work->config->public_url;
	const size_t length = strlen(shop);

	if (request->method == GET)
		return arena_format(request->work->arena, "%s%s%s%s", site_base(request), request->path,
		    *request->query == '\0' ? "" : "?", request->query);
	return from != NULL && strncmp(from, shop, length) == 0 && from[length] == '/' ? from + length : NULL;
}

/* Who has typed it, also when their session has ended meanwhile; nil: unknown. */
static struct uuid
sender_of(const struct work *work)
{
	return uuid_is_nil(work->viewer.user.uuid) ? work->viewer.former.uuid : work->viewer.user.uuid;
}

const char *
resume_take(struct request *request)
{
	struct arena *arena = request->work->arena;
	const char   *typed;
	struct text   plain;
	struct bytes  sealed;

	if (request->method != POST || request->route->takes == TAKES_MULTIPART || face_check_site(request) != OK)
		return NULL;
	typed = form_without_secrets(request);
	if (strlen(typed) > FORM_MAX)
		return NULL;
	plain = text_new(arena, strlen(typed) + 1024);
	text_addf(&plain, "%lld %s %s%s%s%s %s", (long long)unix_seconds(), uuid_text(arena, sender_of(request->work)),
	    site_base(request), request->path, *request->query == '\0' ? "" : "?", request->query, typed);
	sealed = vault_seal(arena, request->work->config->auth.seal_secret, purpose,
	    (struct bytes) { (const unsigned char *)plain.bytes, plain.length });
	return base64url_encode(arena, sealed.bytes, sealed.length);
}

/* "a=b&c=d" as fields; what cannot be read is left out. */
static void
read_fields(struct arena *arena, const char *form, struct resume_view *view)
{
	view->fields = ARENA_ARRAY(arena, FIELDS_MAX, struct resume_field);
	while (*form != '\0' && view->n_fields < FIELDS_MAX) {
		const size_t length = strcspn(form, "&"), name_length = strcspn(form, "=&");

		if (name_length < length) {
			struct resume_field field = { percent_decode(arena, form, name_length, true),
				percent_decode(arena, form + name_length + 1, length - name_length - 1, true) };

			if (field.name != NULL && field.value != NULL)
				view->fields[view->n_fields++] = field;
		}
		form += length + (form[length] == '&');
	}
}

/* One device can have several people: what one of them has typed is not sent on by the next. */
static bool
is_of_viewer(const struct work *work, const char *sender)
{
	struct uuid id;

	return uuid_parse(sender, &id) && (uuid_is_nil(id) || uuid_equal(id, work->viewer.user.uuid));
}

/* False: it was not sealed here, too long ago, or is somebody else's. */
static bool
open_form(struct work *work, const char *resume, struct resume_view *view)
{
	size_t         length;
	unsigned char *sealed = base64url_decode(work->arena, resume, strlen(resume), &length);
	struct bytes   plain;
	char          *rest, *at, *sender, *action;

	if (sealed == NULL ||
	    !vault_open(work->arena, work->config->auth.seal_secret, purpose, (struct bytes) { sealed, length }, &plain))
		return false;
	rest = arena_copy(work->arena, (const char *)plain.bytes, plain.length);
	at = strsep(&rest, " ");
	sender = strsep(&rest, " ");
	action = strsep(&rest, " ");
	if (rest == NULL || strtoll(at, NULL, 10) < unix_seconds() - AGE_MAX_SECONDS || !is_of_viewer(work, sender))
		return false;
	view->action = action;
	read_fields(work->arena, rest, view);
	return true;
}

const struct problem *
resume_or_go(struct request *request, const char *resume, const char *next, const char *url, bool is_signed)
{
	struct resume_view view = { .site = site_of(request, false), .next = next, .is_signed = is_signed };

	if (resume == NULL || !open_form(request->work, resume, &view))
		return respond_redirect(request, url);
	return site_respond_own(request, SITE_RESUME, &view, 200);
}
