#include "base/log.h"

#include "base/encoding.h"
#include "base/instant.h"

#include <errno.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE_BYTES = 8192, CONTEXT_BYTES = 1024, SUBJECT_BYTES = 100, PROGRAM_BYTES = 32, HELD_BYTES = 4096 };

/* A JSON object in the making: what no longer fits before `limit` is left out, and `cut` says so. */
struct line {
	char  *bytes;
	size_t length, limit;
	bool   cut;
};

static const char tail[] = "}\n", cut_tail[] = ",\"cut\":true}\n";

static enum log_level     minimum_level = LOG_LEVEL_INFO;
static char               program_name[PROGRAM_BYTES];
static struct log_context running;
static bool               is_running;
static char               subjects[LOG_SUBJECT__COUNT][SUBJECT_BYTES]; /* "": of none */
static bool               never_waits;                                 /* stderr is a file */
static bool               to_journal;
static void (*take_error)(const char *line, size_t length);

/* Whole lines that wait for log_flush; no more than a pipe takes without parting them (PIPE_BUF). */
static char   held[HELD_BYTES];
static size_t held_length;
static bool   holding;

/* systemd names the journal's stream by its device and inode (systemd.exec(5), JOURNAL_STREAM). */
static bool
is_journal(const struct stat *about)
{
	const char        *stream = getenv("JOURNAL_STREAM");
	unsigned long long device, inode;

	return stream != NULL && sscanf(stream, "%llu:%llu", &device, &inode) == 2 && device == about->st_dev &&
	    inode == about->st_ino;
}

void
log_open(const char *program, enum log_level minimum)
{
	struct stat about;
	bool        known = fstat(STDERR_FILENO, &about) == 0;

	snprintf(program_name, sizeof program_name, "%s", program);
	minimum_level = minimum;
	never_waits = known && S_ISREG(about.st_mode);
	to_journal = known && is_journal(&about);
}

void
log_errors_to(void (*take)(const char *line, size_t length))
{
	take_error = take;
}

void
log_context(const struct log_context *context)
{
	is_running = context != NULL;
	if (is_running)
		running = *context;
	memset(subjects, 0, sizeof subjects);
}

void
log_about(enum log_subject subject, const char *text)
{
	snprintf(subjects[subject], SUBJECT_BYTES, "%s", text == NULL ? "" : text);
}

static bool
fits(struct line *line, size_t length)
{
	if (length <= line->limit - line->length)
		return true;
	line->cut = true;
	return false;
}

static void
add(struct line *line, const void *bytes, size_t length)
{
	memcpy(line->bytes + line->length, bytes, length);
	line->length += length;
}

/*
 * One character of a JSON string (RFC 8259, section 7) from `text` into `escaped`; what is not UTF-8 becomes U+FFFD.
 * Returns how many bytes were taken.
 */
static size_t
escape(const char *text, char escaped[8], size_t *length)
{
	static const char hex[] = "0123456789abcdef";
	unsigned char     c = (unsigned char)*text;
	size_t            taken = c < 0x80 ? 1 : utf8_character(text, 4); /* its NUL ends a broken one */

	*length = taken;
	if (taken == 0) {
		memcpy(escaped, "\xef\xbf\xbd", *length = 3);
		return 1;
	}
	memcpy(escaped, text, taken);
	if (c == '"' || c == '\\') {
		memcpy(escaped, (char[]) { '\\', (char)c }, *length = 2);
	} else if (c == '\n') {
		memcpy(escaped, "\\n", *length = 2);
	} else if (c < 0x20) {
		memcpy(escaped, "\\u00", 4);
		escaped[4] = hex[c >> 4];
		escaped[5] = hex[c & 15];
		*length = 6;
	}
	return taken;
}

/* How many characters from here stand for themselves in a JSON string, `most` at most. */
static size_t
plain_length(const char *text, size_t max_length)
{
	size_t length = 0;

	while (length < max_length && text[length] >= 0x20 && text[length] < 0x7f && text[length] != '"' && text[length] != '\\')
		length++;
	return length;
}

/* ,"name":"text" as far as it fits; a text is cut between characters. */
static void
add_text(struct line *line, const char *name, const char *text)
{
	size_t name_length = strlen(name), length;
	char   escaped[8];

	if (!fits(line, name_length + 6))
		return;
	add(line, ",\"", 2);
	add(line, name, name_length);
	add(line, "\":\"", 3);
	line->limit--; /* room for the closing quote */
	while (*text != '\0') {
		size_t plain = plain_length(text, line->limit - line->length);

		add(line, text, plain);
		text += plain;
		if (*text == '\0')
			break;
		text += escape(text, escaped, &length);
		if (!fits(line, length))
			break;
		add(line, escaped, length);
	}
	line->limit++;
	add(line, "\"", 1);
}

static void
add_number(struct line *line, const char *name, int64_t number)
{
	char     digits[20], *first = digits + sizeof digits;
	uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
	size_t   name_length = strlen(name);

	do
		*--first = (char)('0' + rest % 10);
	while ((rest /= 10) != 0);
	if (number < 0)
		*--first = '-';
	if (!fits(line, name_length + 4 + (size_t)(digits + sizeof digits - first)))
		return;
	add(line, ",\"", 2);
	add(line, name, name_length);
	add(line, "\":", 2);
	add(line, first, (size_t)(digits + sizeof digits - first));
}

static void
add_masked(struct line *line, const char *name, const char *text)
{
	char masked[LINE_BYTES];

	log_mask(text, masked, sizeof masked);
	add_text(line, name, masked);
}

static void
add_field(struct line *line, const struct log_field *field)
{
	if (field->text == NULL)
		add_number(line, field->name, field->number);
	else if (field->trusted)
		add_text(line, field->name, field->text);
	else
		add_masked(line, field->name, field->text);
}

/* A member of the running request, unless the event has its own of that name. */
static void
add_context_text(struct line *line, const char *name, const char *text, const struct log_field *fields, size_t count)
{
	if (text == NULL || *text == '\0')
		return;
	for (size_t i = 0; i < count; i++)
		if (strcmp(fields[i].name, name) == 0)
			return;
	add_text(line, name, text);
}

static void
add_context(struct line *line, const struct log_field *fields, size_t count)
{
	static const char *const names[] = { "order", "payment", "refund", "event" };

	if (!is_running)
		return;
	add_context_text(line, "request_id", running.request_id, fields, count);
	add_context_text(line, "trace_id", running.trace_id, fields, count);
	add_context_text(line, "span_id", running.span_id, fields, count);
	add_context_text(line, "route", running.route, fields, count);
	add_context_text(line, "user_id", running.user_id, fields, count);
	add_context_text(line, "key_id", running.key_id, fields, count);
	for (enum log_subject subject = 0; subject < LOG_SUBJECT__COUNT; subject++)
		add_context_text(line, names[subject], subjects[subject], fields, count);
}

/* From src/ on, wherever the compiler was called. */
static const char *
place_in_tree(const char *place)
{
	const char *src = strstr(place, "src/");

	return src == NULL ? place : src;
}

static void
add_head(struct line *line, enum log_level level, const char *place, const char *message)
{
	static const char *const levels[] = { "debug", "info", "warning", "error" };
	static const char *const prefixes[] = { "<7>", "<6>", "<4>", "<3>" }; /* sd-daemon(3) */
	char                     now[INSTANT_TEXT_SIZE];

	if (to_journal)
		add(line, prefixes[level], 3);
	instant_write(instant_now(), now);
	add(line, "{\"time\":\"", 9);
	add(line, now, INSTANT_TEXT_LENGTH);
	add(line, "\"", 1);
	add_text(line, "level", levels[level]);
	add_masked(line, "message", message);
	if (*program_name != '\0')
		add_text(line, "program", program_name);
	if (level == LOG_LEVEL_ERROR)
		add_text(line, "place", place_in_tree(place));
}

/* One write, and only when it would not have to wait. */
static void
send_lines(const char *bytes, size_t length)
{
	struct pollfd ready = { .fd = STDERR_FILENO, .events = POLLOUT };
	int           saved = errno;
	ssize_t       written = -1;

	if (never_waits || (poll(&ready, 1, 0) == 1 && (ready.revents & POLLOUT) != 0))
		do
			written = write(STDERR_FILENO, bytes, length);
		while (written < 0 && errno == EINTR);
	errno = saved;
}

static void
send_held(void)
{
	if (held_length > 0)
		send_lines(held, held_length);
	held_length = 0;
}

void
log_hold(void)
{
	holding = true;
}

void
log_flush(void)
{
	send_held();
	holding = false;
}

/* What may have to explain a crash is written at once. */
static void
send_line(enum log_level level, const char *bytes, size_t length)
{
	if (length > sizeof held - held_length || !holding || level >= LOG_LEVEL_WARNING)
		send_held();
	if (!holding || level >= LOG_LEVEL_WARNING || length > sizeof held) {
		send_lines(bytes, length);
		return;
	}
	memcpy(held + held_length, bytes, length);
	held_length += length;
}

void
log_write(enum log_level level, const char *place, const char *message, const struct log_field *fields, size_t count)
{
	char        bytes[LINE_BYTES], context_bytes[CONTEXT_BYTES];
	struct line line = { .bytes = bytes }, context = { .bytes = context_bytes, .limit = sizeof context_bytes };

	if (level < minimum_level)
		return;
	add_context(&context, fields, count); /* first, so that a long event leaves it its room */
	line.limit = sizeof bytes - context.length - (sizeof cut_tail - 1);
	add_head(&line, level, place, message);
	for (size_t i = 0; i < count; i++)
		add_field(&line, &fields[i]);
	add(&line, context_bytes, context.length);
	if (line.cut || context.cut)
		add(&line, cut_tail, sizeof cut_tail - 1);
	else
		add(&line, tail, sizeof tail - 1);
	send_line(level, bytes, line.length);
	if (level == LOG_LEVEL_ERROR && take_error != NULL) {
		const char *object = strchr(bytes, '{'); /* behind the journal's level */

		take_error(object, line.length - (size_t)(object - bytes) - 1);
	}
}
