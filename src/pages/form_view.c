#include "pages/form_view.h"

#include "base/arena.h"
#include "base/encoding.h"
#include "base/text.h"
#include "http/upload.h"

#include <stdlib.h>
#include <string.h>

/* The words for what is wrong, each a message "wrong.…"; the last is for what has no better one. */
static const char *const form_wrong_values[] = { "required", "too_short", "too_long", "too_small", "too_large", "email", "phone",
	"country", "currency", "choice", "taken", "differs", "incorrect", "same", "upper", "lower", "digit", "special",
	"only_digits", "common", "like_email", "like_name", "none", "invalid", NULL };

/* How the faults begin that shapes and use-cases report; a number that follows is the bound. */
static const struct {
	const char *what, *wrong, *unit; /* the unit tells a length from a number */
} wordings[] = {
	{ "is required", "required", "" },
	{ "must not be empty", "required", "" },
	{ "must be at least ", "too_short", " characters" },
	{ "must be at most ", "too_long", " characters" },
	{ "must be at most ", "too_long", " bytes" },
	{ "must be at least ", "too_small", "" },
	{ "must be at most ", "too_large", "" },
	{ "must be an e-mail address", "email", "" },
	{ "must be a phone number", "phone", "" },
	{ "must be an ISO 3166", "country", "" },
	{ "must be an ISO 4217", "currency", "" },
	{ "must be one of ", "choice", "" },
	{ "belongs to another", "taken", "" },
	{ "must be the same as", "differs", "" },
	{ "is wrong", "incorrect", "" },
	{ "is not there", "none", "" },
	{ "is the account's address", "same", "" },
	{ "must differ from the old", "same", "" },
	{ "must have an upper-case", "upper", "" },
	{ "must have a lower-case", "lower", "" },
	{ "must have a digit", "digit", "" },
	{ "must have a character that is neither", "special", "" },
	{ "must not be only digits", "only_digits", "" },
	{ "is a common password", "common", "" },
	{ "is too similar to the e-mail", "like_email", "" },
	{ "is too similar to the name", "like_name", "" },
};

static const struct member form_fault_members[] = {
	M_ENUM(struct form_fault, wrong, "wrong", form_wrong_values),
	M_INTEGER(struct form_fault, bound, "bound", 0, INT64_MAX),
};
SHAPE(struct form_fault, form_fault_shape, "FormFault", form_fault_members);

enum { FAULTS_MAX = 32, TYPED_MAX = 5000 };

static const struct member form_field_members[] = {
	M_TEXT(struct form_field, name, "name", 64),
	M_TEXT(struct form_field, value, "value", TYPED_MAX),
	M_BOOLEAN(struct form_field, is_wrong, "is_wrong"),
	M_ARRAY(struct form_field, faults, n_faults, "faults", form_fault_shape, FAULTS_MAX),
};
SHAPE_SHARED(struct form_field, form_field_shape, "FormField", form_field_members);

bool
form_says(const struct problem *problem)
{
	return problem != OK && problem->faults != NULL && problem->faults->count > 0 && problem_status(problem->code) < 500;
}

static struct form_fault
read_fault(const char *what)
{
	for (size_t i = 0; i < sizeof wordings / sizeof *wordings; i++) {
		const size_t length = strlen(wordings[i].what);
		char        *end = NULL;
		int64_t      bound;

		if (strncmp(what, wordings[i].what, length) != 0)
			continue;
		bound = wordings[i].what[length - 1] == ' ' ? strtoll(what + length, &end, 10) : 0;
		if (end == NULL || strncmp(end, wordings[i].unit, strlen(wordings[i].unit)) == 0)
			return (struct form_fault) { value_index(form_wrong_values, wordings[i].wrong), bound };
	}
	return (struct form_fault) { value_index(form_wrong_values, "invalid"), 0 };
}

/* Also of one of several files: "file.0". */
static bool
is_of(const char *where, const char *name)
{
	const size_t length = strlen(name);

	return strncmp(where, name, length) == 0 && (where[length] == '\0' || where[length] == '.');
}

static void
add_faults(struct arena *arena, const struct faults *faults, struct form_field *field)
{
	field->faults = ARENA_ARRAY(arena, faults->count, struct form_fault);
	for (size_t i = 0; i < faults->count; i++)
		if (is_of(faults->list[i].where, field->name))
			field->faults[field->n_faults++] = read_fault(faults->list[i].what);
	field->is_wrong = field->n_faults > 0;
}

/* Passwords and codes are typed again. */
static bool
is_secret(const struct route *route, const char *name)
{
	const struct member *member = route->body == NULL ? NULL : shape_member(route->body, name, strlen(name));

	return member == NULL || member->verbatim || strcmp(name, "totp") == 0 || strcmp(name, "code") == 0;
}

/* The form as it came; "" of a GET, and of what is no form. */
static const char *
form_of(const struct request *request)
{
	static const char form[] = "application/x-www-form-urlencoded";
	const char       *type = request_header(request, "CONTENT_TYPE");

	return request->method != GET && type != NULL && strncasecmp(type, form, sizeof form - 1) == 0 && request->raw.length > 0
	    ? (const char *)request->raw.bytes
	    : "";
}

const char *
form_text(const struct request *request, const char *name)
{
	const size_t name_length = strlen(name);
	const char  *form = form_of(request);

	while (*form != '\0') {
		const size_t length = strcspn(form, "&");

		if (length > name_length && strncmp(form, name, name_length) == 0 && form[name_length] == '=')
			return percent_decode(request->work->arena, form + name_length + 1, length - name_length - 1, true);
		form += length + (form[length] == '&');
	}
	return NULL;
}

/* Also of a form with files, whose body was not looked at yet. */
static const char *
unread_form(struct request *request)
{
	static const char    multipart[] = "multipart/form-data";
	const char          *type = request_header(request, "CONTENT_TYPE");
	struct upload_fields fields;

	if ((request->route->takes & TAKES_MULTIPART) == 0 || type == NULL ||
	    strncasecmp(type, multipart, sizeof multipart - 1) != 0 || request->raw.length > 0)
		return form_of(request);
	return upload_read_fields(request, type, &fields) == OK ? fields.form.bytes : "";
}

const char *
form_without_secrets(struct request *request)
{
	struct arena *arena = request->work->arena;
	const char   *form = unread_form(request);
	struct text   kept = text_new(arena, strlen(form) + 1);

	while (*form != '\0') {
		const size_t length = strcspn(form, "&");
		const char  *name = percent_decode(arena, form, strcspn(form, "=&"), true);

		if (name != NULL && (strcmp(name, "form_key") == 0 || !is_secret(request->route, name))) {
			if (kept.length > 0)
				text_add_char(&kept, '&');
			text_add(&kept, form, length);
		}
		form += length + (form[length] == '&');
	}
	return kept.bytes;
}

static struct form_field *
field_of(const struct shape *shape, size_t i, void *view)
{
	const struct member *member = &shape->members[i];

	return member->of == &form_field_shape ? (struct form_field *)((char *)view + member->offset) : NULL;
}

void
form_mark(struct arena *arena, const struct problem *problem, const struct shape *shape, void *view)
{
	for (size_t i = 0; problem != OK && problem->faults != NULL && i < shape->count; i++) {
		struct form_field *field = field_of(shape, i, view);

		if (field != NULL)
			add_faults(arena, problem->faults, field);
	}
}

void
form_typed(const struct request *request, const struct problem *problem, const struct shape *shape, void *view)
{
	for (size_t i = 0; i < shape->count; i++) {
		struct form_field *field = field_of(shape, i, view);

		if (field == NULL)
			continue;
		*field = (struct form_field) { .name = shape->members[i].name };
		if (!is_secret(request->route, field->name))
			field->value = form_text(request, field->name);
	}
	form_mark(request->work->arena, problem, shape, view);
}

static const char *
member_text(const struct member *member, const void *thing)
{
	const void *at = (const char *)thing + member->offset, *pointed;

	if (member->pointer) {
		memcpy(&pointed, at, sizeof pointed);
		at = pointed;
	}
	if (at == NULL)
		return NULL;
	switch (member->kind) {
	case MEMBER_TEXT:
		return *(const char *const *)at;
	case MEMBER_ENUM:
		return member->values[*(const int *)at];
	case MEMBER_BOOLEAN:
		return *(const bool *)at ? "true" : NULL;
	default:
		return NULL;
	}
}

void
form_holds(const struct shape *of, const void *thing, const struct shape *shape, void *view)
{
	for (size_t i = 0; i < shape->count; i++) {
		struct form_field   *field = field_of(shape, i, view);
		const struct member *member;

		if (field == NULL)
			continue;
		member = shape_member(of, shape->members[i].name, shape->members[i].name_length);
		*field = (struct form_field) { .name = shape->members[i].name };
		if (member != NULL)
			field->value = member_text(member, thing);
	}
}
