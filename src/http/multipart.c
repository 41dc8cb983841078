#include "http/multipart.h"

#include "base/arena.h"
#include "base/encoding.h"

#include <strings.h>

enum { BOUNDARY_MAX = 70, BUFFER = 16 * 1024 };

enum state {
	PREAMBLE, /* before the first boundary: to be ignored */
	BOUNDARY, /* right behind one: a line break or the two hyphens of the last */
	HEAD,
	DATA,
	EPILOGUE, /* behind the last: to be ignored */
};

struct multipart {
	struct arena           *arena;
	struct multipart_reader reader;
	enum state              state;
	size_t                  delimiter_length, held;
	char                    delimiter[4 + BOUNDARY_MAX + 1]; /* CR LF, two hyphens, the boundary */
	char                    buffer[BUFFER];                  /* what was fed and is not used yet */
};

/* The value of a parameter behind a ';' of a header, quoted or not; NULL when it is not there. */
static const char *
header_parameter(struct arena *arena, const char *header, const char *name)
{
	const char *at = header + strcspn(header, ";");
	size_t      length = strlen(name);

	while (*at == ';') {
		bool        wanted;
		const char *value;
		char       *copy;
		size_t      n = 0;

		at += 1 + strspn(at + 1, " \t");
		wanted = strncasecmp(at, name, length) == 0 && at[length] == '=';
		at += strcspn(at, "=;");
		if (*at != '=')
			continue;
		value = ++at;
		if (*value != '"') {
			at += strcspn(at, ";");
			if (wanted)
				return arena_copy(arena, value, (size_t)(at - value));
			continue;
		}
		copy = arena_alloc(arena, strlen(value) + 1);
		for (at++; *at != '"' && *at != '\0'; at++) {
			at += at[0] == '\\' && at[1] == '"'; /* browsers write %22, others \" */
			copy[n++] = *at;
		}
		copy[n] = '\0';
		at += *at == '"' ? 1 + strcspn(at + 1, ";") : 0;
		if (wanted)
			return copy;
	}
	return NULL;
}

const struct problem *
multipart_new(struct arena *arena, const char *content_type, const struct multipart_reader *reader, struct multipart **into)
{
	struct multipart *multipart = ARENA_NEW(arena, struct multipart);
	const char       *boundary = header_parameter(arena, content_type, "boundary");
	size_t            length = boundary == NULL ? 0 : strlen(boundary);

	if (length == 0 || length > BOUNDARY_MAX)
		return problem(BAD_REQUEST, "the Content-Type must have a boundary of 1 to 70 characters");
	multipart->arena = arena;
	multipart->reader = *reader;
	multipart->state = PREAMBLE;
	multipart->delimiter_length = (size_t)snprintf(multipart->delimiter, sizeof multipart->delimiter, "\r\n--%s", boundary);
	/* The first boundary may stand at the very beginning: as if a line had ended before it. */
	memcpy(multipart->buffer, "\r\n", 2);
	multipart->held = 2;
	*into = multipart;
	return OK;
}

static bool
is_plain(const char *text)
{
	for (const char *c = text; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			return false;
	return utf8_valid(text, strlen(text));
}

/* The value of a header when the line is that header, else NULL. */
static const char *
header_value(const char *line, const char *name)
{
	size_t length = strlen(name);

	if (strncasecmp(line, name, length) != 0 || line[length] != ':')
		return NULL;
	return line + length + 1 + strspn(line + length + 1, " \t");
}

/* The head of a part, `length` bytes that end with the empty line. */
static const struct problem *
begin_part(struct multipart *multipart, size_t length)
{
	struct multipart_part part = { .content_type = "text/plain" };
	char                 *line = arena_copy(multipart->arena, multipart->buffer, length), *end;

	if (strlen(line) != length)
		return problem(BAD_REQUEST, "the headers of a part must not contain NUL");
	for (; (end = strstr(line, "\r\n")) != NULL && end != line; line = end + 2) {
		const char *value;

		*end = '\0';
		if ((value = header_value(line, "Content-Type")) != NULL) {
			part.content_type = value;
		} else if ((value = header_value(line, "Content-Disposition")) != NULL &&
		    strncasecmp(value, "form-data", 9) == 0) {
			if (part.name != NULL)
				return problem(BAD_REQUEST, "the headers of a part must contain exactly one Content-Disposition");
			part.name = header_parameter(multipart->arena, value, "name");
			part.filename = header_parameter(multipart->arena, value, "filename");
		}
	}
	if (part.name == NULL || !is_plain(part.name) || !is_plain(part.content_type) ||
	    (part.filename != NULL && !is_plain(part.filename)))
		return problem(BAD_REQUEST, "a part must have a Content-Disposition of form-data with a UTF-8 name");
	multipart->state = DATA;
	return multipart->reader.begin(&part, multipart->reader.argument);
}

static void
drop(struct multipart *multipart, size_t length)
{
	multipart->held -= length;
	memmove(multipart->buffer, multipart->buffer + length, multipart->held);
}

/* Data up to the next boundary, or all that cannot be the beginning of one. */
static const struct problem *
take_data(struct multipart *multipart, bool *more)
{
	const char *boundary = memmem(multipart->buffer, multipart->held, multipart->delimiter, multipart->delimiter_length);
	size_t      keep = multipart->delimiter_length - 1, length;
	bool        wanted = multipart->state == DATA;

	*more = boundary != NULL;
	length = boundary != NULL ? (size_t)(boundary - multipart->buffer) : multipart->held > keep ? multipart->held - keep : 0;
	if (wanted && length > 0)
		TRY(multipart->reader.data(multipart->buffer, length, multipart->reader.argument));
	drop(multipart, length + (boundary != NULL ? multipart->delimiter_length : 0));
	if (boundary == NULL)
		return OK;
	multipart->state = BOUNDARY;
	return wanted ? multipart->reader.end(multipart->reader.argument) : OK;
}

/* One step with what is held; *more: another one may be possible. */
static const struct problem *
step(struct multipart *multipart, bool *more)
{
	const char *end;
	size_t      length;

	*more = false;
	switch (multipart->state) {
	case PREAMBLE:
	case DATA:
		return take_data(multipart, more);
	case BOUNDARY:
		if (multipart->held < 2)
			return OK;
		*more = true;
		if (memcmp(multipart->buffer, "--", 2) == 0)
			multipart->state = EPILOGUE;
		else if (memcmp(multipart->buffer, "\r\n", 2) == 0)
			multipart->state = HEAD;
		else
			return problem(BAD_REQUEST, "a boundary must be followed by the end of the line");
		drop(multipart, 2);
		return OK;
	case HEAD:
		end = memmem(multipart->buffer, multipart->held, "\r\n\r\n", 4);
		length = end == NULL ? multipart->held : (size_t)(end - multipart->buffer) + 4;
		if (length > MULTIPART_HEAD_MAX)
			return problem(BAD_REQUEST, "the headers of a part are too long");
		if (end == NULL)
			return OK;
		*more = true;
		TRY(begin_part(multipart, length));
		drop(multipart, length);
		return OK;
	case EPILOGUE:
		multipart->held = 0;
		return OK;
	}
	return OK;
}

const struct problem *
multipart_feed(struct multipart *multipart, const char *bytes, size_t length)
{
	while (length > 0) {
		size_t taken = sizeof multipart->buffer - multipart->held;
		bool   more = true;

		if (taken > length)
			taken = length;
		memcpy(multipart->buffer + multipart->held, bytes, taken);
		multipart->held += taken;
		bytes += taken;
		length -= taken;
		while (more)
			TRY(step(multipart, &more));
	}
	return OK;
}

const struct problem *
multipart_finish(const struct multipart *multipart)
{
	return multipart->state == EPILOGUE ? OK : problem(BAD_REQUEST, "the multipart body ended before its last boundary");
}
